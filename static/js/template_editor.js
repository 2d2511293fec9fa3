// The editor of a letter: merge fields at the cursor, the preview 500 ms after the last key, Ctrl S, and no loss of what
// was typed. Without this script the preview is a button, and the list of fields can be copied.
import { swapParts } from "./parts.js";

const form = document.querySelector("[data-template-editor]");
const side = document.querySelector(".preview-side");
const account = form.elements.account;
const WORDS = ["subject", "preview_text", "body", "button_label"].filter((name) => form.elements[name]);
const PAUSE = 500;

document.querySelectorAll("[data-needs-script]").forEach((part) => (part.hidden = false));
document.querySelectorAll("[data-without-script]").forEach((part) => (part.hidden = true));

// Merge fields go where the cursor was; into the message until another field was used. Passing through a field with the
// Tab key does not use it: by keyboard the way to the merge fields leads through all of them.
const into = document.querySelector("[data-into]");
let last;
function use(control) {
  if (!WORDS.includes(control.name)) return;
  last = control;
  into.textContent = `into ${control.labels[0].textContent.replace("(optional)", "").trim()}`;
}
use(form.elements.body);
for (const kind of ["input", "click"]) form.addEventListener(kind, (event) => use(event.target));
form.addEventListener("keydown", (event) => !["Tab", "Shift"].includes(event.key) && use(event.target));
document.addEventListener("click", (event) => {
  const field = event.target.closest("[data-insert]");
  if (field) put(last, `{{ ${field.dataset.insert} }}`);
  const person = event.target.closest("[data-add]");
  if (person) add(person.dataset.add);
});

function put(control, text) {
  control.focus();
  control.setRangeText(text, control.selectionStart, control.selectionEnd, "end");
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

function add(email) {
  const control = form.elements.added;
  const there = control.value.split(/[\s,;]+/).map((one) => one.toLowerCase());
  if (!there.includes(email.toLowerCase())) control.value = `${control.value.trimEnd()}\n${email}`.trimStart();
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

// The preview.
let pause, asked;
function later() {
  clearTimeout(pause);
  pause = setTimeout(() => look(), PAUSE);
}

async function look(isFirst = false) {
  asked?.abort();
  const mine = (asked = new AbortController());
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new FormData(form), signal: mine.signal });
    if (answer.redirected || !answer.ok) return;
    const html = await answer.text();
    if (mine.signal.aborted) return;
    swapParts(side, html);
    showFormat();
    if (side.querySelector('[data-part="preview-head"]').dataset.whole === "yes" && !isFirst) fillFrame();
  } catch {
    // No connection: what was shown stays, and saving will say so.
  }
}

// The frame may do nothing, so the words are sent to it as a form of its own.
function fillFrame() {
  const sent = document.createElement("form");
  Object.assign(sent, { method: "post", action: form.dataset.html, target: "letter-preview", hidden: true });
  for (const [name, value] of new FormData(form)) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    sent.append(field);
  }
  document.body.append(sent);
  sent.submit();
  sent.remove();
}

let format = "html";
function showFormat() {
  document.querySelector(".preview-frame").dataset.format = format;
  const text = side.querySelector('[data-part="preview-text"]');
  text.open = format === "text";
  for (const button of side.querySelectorAll("[data-show]")) button.setAttribute("aria-pressed", String(button.dataset.show === format));
}
side.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show]");
  if (!button) return;
  format = button.dataset.show;
  showFormat();
});

form.addEventListener("input", later);
account.addEventListener("input", later);

// Unsaved changes.
const typed = () => new URLSearchParams([...new FormData(form)].filter(([name]) => name !== "account")).toString();
const saved = form.hasAttribute("data-unsaved") ? "" : typed();
let leaves = false;
const isDirty = () => !leaves && !form.querySelector("fieldset").disabled && typed() !== saved;
const guard = document.getElementById("leave");

addEventListener("beforeunload", (event) => isDirty() && event.preventDefault());
form.addEventListener("submit", (event) => {
  if (event.submitter?.formTarget) return;
  leaves = true;
});
addEventListener("pageshow", () => (leaves = false));

let goal;
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.closest("dialog")) return;
  if (link.dataset.dialog !== undefined || link.target || !isDirty()) return;
  if (new URL(link.href).pathname === location.pathname && link.hash) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  goal = link.href;
  guard.showModal();
}, true);
guard.querySelector("[data-stay]").addEventListener("click", () => guard.close());
guard.querySelector("[data-leave]").addEventListener("click", () => {
  leaves = true;
  location.assign(goal);
});

addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  if (!document.querySelector("dialog[open]") && !form.querySelector("fieldset").disabled) form.requestSubmit();
});

// The test goes out with the words as they stand in the editor.
document.addEventListener("part", (event) => {
  const test = event.target.querySelector?.("form[data-test]");
  if (!test) return;
  const note = test.querySelector("[data-saved-words]");
  if (note) note.textContent = "The words are sent as they are typed now.";
  for (const name of WORDS) {
    const field = Object.assign(document.createElement("textarea"), { name, value: form.elements[name].value, hidden: true });
    field.setAttribute("aria-hidden", "true");
    test.append(field);
  }
  if (test.elements.language) test.elements.language.value = form.elements.language.value;
  if (test.elements.account && account.value) test.elements.account.value = account.value;
});

look(true); // who gets it, the subject and the plain text come with the first look
