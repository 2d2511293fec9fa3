// Single keys, for those who keep their hands there. They rest while a field has the focus or a dialog is open, with
// any modifier, and for whoever switched them off (WCAG 2.1.4). Nothing is reachable by them alone.
const app = document.querySelector(".app");
const isOff = app.hasAttribute("data-no-keys");
const GO = { d: "dashboard", a: "accounts", o: "orders", s: "subscriptions", p: "products" };
// On a record: the words that the control begins with.
const RECORD = { e: /^Edit (account|order|product|plan)\b/, n: /^New order\b/, u: /^Upgrade( Resellers)?\b/ };
let waitsUntil = 0; // after G, for the second key

const rests = (event) =>
  isOff ||
  event.defaultPrevented ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  document.querySelector("dialog[open]") ||
  event.target.closest?.("input, textarea, select, [contenteditable]");

const rows = () => [...document.querySelectorAll("main tbody a.pri")].filter((link) => link.offsetParent);

function move(by) {
  const links = rows();
  if (!links.length) return;
  const here = document.activeElement.closest?.("tr");
  const at = here ? links.findIndex((link) => here.contains(link)) : -1;
  links[Math.min(Math.max(at < 0 && by < 0 ? 0 : at + by, 0), links.length - 1)].focus();
}

function press(pattern) {
  const controls = document.querySelectorAll(".panel a, .panel button, main a, main button");
  const found = [...controls].find((each) => pattern.test(each.textContent.trim()) && each.offsetParent);
  if (!found) return false;
  found.focus();
  if (found.getAttribute("aria-disabled") !== "true") found.click();
  return true;
}

const KEYS = {
  "/": () => (document.querySelector("main [type=search]") ?? document.querySelector("[data-palette]"))?.focus(),
  "?": () => document.querySelector("[data-keys-list]")?.click(),
  g: () => (waitsUntil = Date.now() + 1500),
  j: () => move(1),
  k: () => move(-1),
  x: () => document.activeElement.closest?.("tr")?.querySelector("[type=checkbox]")?.click(),
};

addEventListener("keydown", (event) => {
  if (rests(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (Date.now() < waitsUntil && key in GO) {
    waitsUntil = 0;
    event.preventDefault();
    document.querySelector(`.rail a[data-room="${GO[key]}"]`)?.click();
  } else if (key in KEYS) {
    event.preventDefault();
    KEYS[key]();
  } else if (key in RECORD && press(RECORD[key])) event.preventDefault();
});
