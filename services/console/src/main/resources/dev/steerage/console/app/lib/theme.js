/** @returns {"light" | "dark" | "auto"} */
export const theme = () => /** @type {any} */ (document.documentElement.dataset.theme) ?? "auto";

/** From what is seen now to the other; the choice is kept. */
export function toggleTheme() {
  const dark = theme() === "dark" || (theme() === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  const next = dark ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  localStorage.setItem("steerage.theme", next);
}
