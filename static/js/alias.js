// The Storefront Alias field: says whether an alias is free while it is typed, and holds it on leaving the field.
// Without this script the server says the same when the form is sent.
import { swapParts } from "./parts.js";

const PAUSE = 400; // after the last key
const PATIENCE = 150; // before "Checking availability…" is shown

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

  const check = () => ask((signal) =>
    fetch(`${field.dataset.check}?${new URLSearchParams({ alias: input.value })}`, { signal }));

  const hold = () => ask((signal) => fetch(field.dataset.hold, {
    method: "POST",
    signal,
    headers: { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value },
    body: new URLSearchParams({ alias: input.value }),
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
