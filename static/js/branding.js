// Branding: the preview follows what is typed. Without this script "Update preview" does the same and keeps a draft.
import { swapParts } from "./parts.js";

const PAUSE = 300; // after the last key
const form = document.querySelector("[data-branding]");
const colour = form.elements.brand_colour;
const picker = form.querySelector("[data-picker]");
let pause, asked;

async function look() {
  asked?.abort();
  const mine = (asked = new AbortController());
  const typed = new FormData(form);
  typed.delete("logo"); // a picture is looked at once it is kept
  try {
    const answer = await fetch(form.dataset.preview, { method: "POST", body: typed, signal: mine.signal });
    if (answer.redirected || !answer.ok) return;
    const html = await answer.text();
    if (!mine.signal.aborted) swapParts(document, html);
  } catch {
    // No connection: what was shown stays.
  }
}

function paint() {
  const typed = colour.value.trim().toLowerCase();
  if (/^#[0-9a-f]{6}$/.test(typed)) picker.value = typed;
  for (const swatch of form.querySelectorAll(".swatch")) swatch.setAttribute("aria-pressed", String(swatch.value === typed));
}

picker.hidden = false;
picker.addEventListener("input", () => {
  colour.value = picker.value;
  paint();
});
form.addEventListener("input", (event) => {
  if (event.target === colour) paint();
  clearTimeout(pause);
  pause = setTimeout(look, PAUSE);
});
form.addEventListener("click", (event) => {
  const swatch = event.target.closest(".swatch");
  if (!swatch) return;
  event.preventDefault();
  colour.value = swatch.value;
  paint();
  look();
});
form.elements.logo.addEventListener("change", (event) => {
  if (event.target.files.length) form.requestSubmit(document.querySelector('button[name="do"][value="draft"]'));
});
