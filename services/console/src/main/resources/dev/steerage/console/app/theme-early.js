// Before the first paint: the theme that was chosen last time. A plain script, so that nothing flashes.
(() => {
  const theme = localStorage.getItem("steerage.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
