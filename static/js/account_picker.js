// The combobox that finds an account by its number or by how its name begins. Choosing one opens the form for it.
// Without this script the button beside the field searches, and the page lists what was found.
const input = document.querySelector("input[data-choices]");
const list = input && document.getElementById(input.getAttribute("aria-controls"));
const PAUSE = 200;
let pause, asked, active = -1;

const options = () => [...list.children];

function close() {
  list.hidden = true;
  active = -1;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function show(accounts) {
  list.replaceChildren(...accounts.map(({ number, name }, at) => {
    const option = document.createElement("li");
    option.id = `account-option-${at}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.dataset.number = number;
    const id = document.createElement("span");
    id.className = "muted small";
    id.textContent = number;
    option.append(`${name} `, id);
    return option;
  }));
  active = -1;
  input.removeAttribute("aria-activedescendant");
  list.hidden = !accounts.length;
  input.setAttribute("aria-expanded", String(accounts.length > 0));
}

async function ask() {
  asked?.abort();
  const mine = (asked = new AbortController());
  const text = input.value.trim();
  if (!text) return close();
  try {
    const answer = await fetch(`${input.dataset.choices}?${new URLSearchParams({ q: text })}`, { signal: mine.signal });
    if (answer.ok && !answer.redirected) show((await answer.json()).accounts);
  } catch {
    // the button beside the field asks again, and says so where there is no connection
  }
}

function go(to) {
  const all = options();
  if (!all.length || list.hidden) return;
  active = (to + all.length) % all.length;
  all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
  input.setAttribute("aria-activedescendant", all[active].id);
  all[active].scrollIntoView({ block: "nearest" });
}

function choose(option) {
  clearTimeout(pause);
  asked?.abort();
  input.value = option.dataset.number;
  close();
  input.form.requestSubmit();
}

input?.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE);
});

input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") {
    event.preventDefault();
    if (list.hidden) ask();
    else go(active + 1);
  } else if (event.key === "ArrowUp") {
    event.preventDefault();
    go(active - 1);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
    event.preventDefault();
    choose(options()[active]);
  }
});

list?.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
list?.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) choose(option);
});
input?.addEventListener("blur", close);
if (input && document.activeElement === input && input.value !== input.defaultValue) ask(); // typed before this script came
