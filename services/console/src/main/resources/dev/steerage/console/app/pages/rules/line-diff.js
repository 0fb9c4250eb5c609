import { h } from "../../lib/dom.js";

/** Lines that went and came; a longest common subsequence, which for the size of rules is quick. @param {{before: string, after: string}} props */
export function LineDiff({ before, after }) {
  const lines = diffLines(before ? before.split("\n") : [], after ? after.split("\n") : []);
  return h("pre", { class: "line-diff" }, lines.map(({ sign, text }, i) =>
    h("span", { key: i, class: { "+": "came", "-": "went", " ": "" }[sign] }, h("span", { class: "sign" }, sign), `${text}\n`)));
}

/** @param {string[]} a @param {string[]} b @returns {{sign: "+" | "-" | " ", text: string}[]} */
export function diffLines(a, b) {
  const length = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) length[i][j] = a[i] === b[j] ? length[i + 1][j + 1] + 1 : Math.max(length[i + 1][j], length[i][j + 1]);
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ sign: " ", text: a[i++] });
      j++;
    } else if (i < a.length && (j === b.length || length[i + 1][j] >= length[i][j + 1])) lines.push({ sign: "-", text: a[i++] });
    else lines.push({ sign: "+", text: b[j++] });
  }
  return lines;
}
