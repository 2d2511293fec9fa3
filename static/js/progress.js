// The order page while its order is being executed: fetches its fragment every 2 s, every 5 s after a minute, until the
// server answers 286: nothing more will change. Without this script the page refreshes itself.
import { swapParts } from "./parts.js";

const region = document.querySelector("[data-progress]");
const FAST = 2000, SLOW = 5000, MINUTE = 60000, OVER = 286;
const since = Date.now();

async function look() {
  if (document.hidden) return again();
  try {
    const answer = await fetch(region.dataset.progress, { cache: "no-store" });
    if (answer.redirected || answer.status === 403 || answer.status === 404) return location.reload(); // signed out
    if (!answer.ok) throw new Error(answer.status);
    lost(false);
    swapParts(document, await answer.text()); // what is around it, such as the order's state, changes too
    if (answer.status !== OVER) return again();
    if ("reload" in region.dataset) location.reload(); // the page around it shows what the order has changed
  } catch {
    lost(true);
    again();
  }
}

function lost(isLost) {
  region.querySelector("[data-lost]").hidden = !isLost;
}

function again() {
  setTimeout(look, Date.now() - since > MINUTE ? SLOW : FAST);
}

if (region?.dataset.progress) again();

function offerPrinting() {
  document.querySelectorAll("[data-print]").forEach((button) => { button.hidden = false; });
}
document.addEventListener("part", offerPrinting); // a part that came with a button for it
document.addEventListener("click", (event) => event.target.closest("[data-print]") && window.print());
offerPrinting();
