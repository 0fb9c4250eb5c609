import { h, render } from "./lib/dom.js";
import { session } from "./state/session.js";
import { Shell } from "./shell.js";

render(h(Shell, {}), document.getElementById("app"));
session.start();
