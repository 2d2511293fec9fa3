// The Storefront Alias field: says whether an alias is free while it is typed, and holds it on leaving the field.
// Without this script the server says the same when the form is sent.
import { swapParts } from "./parts.js";

const PAUSE = 400; // after the last key
const PATIENCE = 150; // before "Checking availability…" is shown

// What is said may move the button that is being pressed at this moment: it waits until the press is over.
let pressed = false;
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { pressed = false; }, true);
const released = () => new Promise((done) => {
  if (!pressed) return done();
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(done), { once: true });
});

function setUp(field) {
  const input = field.querySelector("input");
  const message = field.querySelector('[data-part="alias-message"]');
  let pause, asked;

  function say(text) {
    message.className = "msg";
    message.textContent = text;
  }

  async function ask(how) {
    clearTimeout(pause);
    asked?.abort();
    if (!input.value.trim()) return clear();
    const mine = (asked = new AbortController());
    const slow = setTimeout(() => say(field.dataset.checking), PATIENCE);
    try {
      const answer = await how(mine.signal);
      if (mine.signal.aborted) return;
      if (answer.redirected || !(answer.ok || answer.status === 429)) throw new Error(answer.status);
      const html = await answer.text();
      await released();
      if (mine.signal.aborted) return;
      swapParts(field, html);
      input.setAttribute("aria-invalid", String(message.classList.contains("bad")));
    } catch (problem) {
      if (mine.signal.aborted) return;
      input.removeAttribute("aria-invalid");
      say(field.dataset.unreachable);
    } finally {
      clearTimeout(slow);
    }
  }

  // In the back office the alias is for the account at hand; on a storefront for one's own.
  const typed = () => new URLSearchParams({ alias: input.value, ...(field.dataset.account && { account: field.dataset.account }) });

  const check = () => ask((signal) => fetch(`${field.dataset.check}?${typed()}`, { signal }));

  const hold = () => ask((signal) => fetch(field.dataset.hold, {
    method: "POST",
    signal,
    headers: { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value },
    body: typed(),
  }));

  function clear() {
    input.removeAttribute("aria-invalid");
    say("");
    for (const name of ["alias-icon", "alias-offers"]) field.querySelector(`[data-part="${name}"]`).replaceChildren();
    field.querySelector('[data-part="alias-url"] b').textContent = "…";
  }

  input.addEventListener("input", () => {
    clearTimeout(pause);
    asked?.abort(); // what it would say is about something else by now
    pause = setTimeout(check, PAUSE);
  });

  input.addEventListener("change", () => {
    input.value = input.value.trim().toLowerCase();
    hold();
  });

  if (input.value !== input.defaultValue) check(); // typed before this script came

  // A suggestion is a submit button, for visitors without scripts; here it only fills the field in.
  field.addEventListener("click", (event) => {
    const offer = event.target.closest("button[name=take]");
    if (!offer) return;
    event.preventDefault();
    input.value = offer.value;
    input.focus();
    hold();
  });
}

const known = new WeakSet();
function setUpAll() {
  for (const field of document.querySelectorAll("[data-alias-field]")) {
    if (!known.has(field)) setUp(field);
    known.add(field);
  }
}
document.addEventListener("part", setUpAll); // an order that fails brings a field with its reason
setUpAll();
