// Small comforts of every storefront page. Without this file everything works by reloading.

// The theme changes in place, so that what was typed into a form stays.
document.querySelector(".theme-toggle")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target));
  body.set("theme", event.submitter.value);
  fetch(event.target.action, { method: "POST", body, redirect: "manual" });
  document.documentElement.dataset.theme = event.submitter.value;
  event.target.querySelector(`button:not([value="${event.submitter.value}"])`).focus();
});

// What was refused is answered at an address that is no page; the address bar shows the page it is about.
const page = document.querySelector("[data-address]");
if (page) history.replaceState(null, "", page.dataset.address);

// An open menu closes by Escape, or by going elsewhere.
const menus = document.querySelectorAll("details.menu-pop");
const close = (menu) => menu.open && (menu.open = false);
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
addEventListener("click", (event) => menus.forEach((menu) => menu.contains(event.target) || close(menu)));
addEventListener("focusin", (event) => menus.forEach((menu) => menu.contains(event.target) || close(menu)));

// A link that is called a button answers to the space bar as buttons do.
addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});
