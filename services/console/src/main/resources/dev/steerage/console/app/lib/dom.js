// The one door to the component library.
export { h, render, Fragment, createRef } from "../../vendor/preact.js";
export { useState, useEffect, useLayoutEffect, useMemo, useRef, useCallback } from "../../vendor/hooks.js";
