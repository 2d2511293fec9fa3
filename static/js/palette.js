// The command palette: Ctrl K or ⌘K, or the button in the top bar (without JavaScript a link to the search page).
// A combobox over a listbox: the focus stays in the field, arrows move through the options, Enter goes there.
const palette = document.getElementById("palette");
const button = document.querySelector("[data-palette]");
const field = palette.querySelector("input");
const list = palette.querySelector("[role=listbox]");
const said = palette.querySelector("[role=status]");
const UNREACHABLE = "Search can’t be reached right now.";
let asked = 0;
let timer;

function open() {
  if (palette.open) return palette.close();
  field.value = "";
  palette.showModal();
  find();
}

async function find() {
  const question = ++asked;
  const url = new URL(button.href);
  url.searchParams.set("q", field.value);
  let html = "";
  let problem = "";
  try {
    const answer = await fetch(url, { headers: { "X-Palette": "yes" }, redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.reload(); // signed out meanwhile
    if (answer.ok) html = await answer.text();
    else problem = UNREACHABLE;
  } catch {
    problem = UNREACHABLE;
  }
  if (question !== asked) return; // something else was typed since
  list.innerHTML = html; // escaped by the server, and the policy lets nothing in it run
  const here = actions(field.value);
  if (here) list.prepend(here);
  const options = all();
  options.forEach((option, at) => (option.id = `hit-${at}`));
  said.textContent = options.length ? `${options.length} results` : problem || "Nothing found.";
  said.className = options.length ? "sr" : "muted"; // results can be seen; that there are none is said to everybody
  choose(options[0]);
}

// What can be done on the page at hand: its shortcuts, as far as they can be used now.
function actions(text) {
  const wanted = text.trim().toLowerCase();
  const found = [...document.querySelectorAll("nav[aria-label=Shortcuts] :is(a, button):not([aria-disabled])")].filter(
    (each) => each.textContent.trim().toLowerCase().includes(wanted),
  );
  if (!found.length) return null;
  const group = document.createElement("div");
  group.setAttribute("role", "group");
  group.setAttribute("aria-labelledby", "hits-here");
  const heading = group.appendChild(document.createElement("h3"));
  heading.id = "hits-here";
  heading.setAttribute("role", "presentation");
  heading.textContent = "Actions on this page";
  for (const control of found) {
    const option = group.appendChild(document.createElement("div"));
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.textContent = control.textContent.trim();
    option.does = () => control.click();
  }
  return group;
}

const all = () => [...list.querySelectorAll("[role=option]")];

function choose(option) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  if (!option) return field.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  field.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function go(option) {
  if (!option) return;
  palette.close();
  if (option.does) option.does();
  else location.assign(option.dataset.url);
}

button.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open();
});
addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  if (!document.querySelector("dialog[open]:not(#palette)")) open();
});
field.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(find, 120);
});
field.addEventListener("keydown", (event) => {
  const options = all();
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const moves = { ArrowDown: (at + 1) % options.length, ArrowUp: (at - 1 + options.length) % options.length };
  if (event.key in moves && options.length) choose(options[moves[event.key]]);
  else if (event.key === "Enter") go(options[at]);
  else return;
  event.preventDefault();
});
list.addEventListener("click", (event) => go(event.target.closest("[role=option]")));
palette.addEventListener("click", (event) => event.target === palette && palette.close());
palette.addEventListener("close", () => button.focus());
