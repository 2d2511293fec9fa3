// Dialogs of the back office. A link or a form with data-dialog leads to a page that works by itself; here that page's
// data-dialog-content is shown in a <dialog>. Forms in it are sent from there: what is refused is shown in place, what
// works leads on. Links and forms with data-dialog inside of a dialog replace what it shows.
const HEADER = { "X-Dialog": "yes" };
let dialog, opener, base, sending;

async function show(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: HEADER });
  const on = answer.headers.get("X-Location");
  if (on) return options.method ? go(on) : show(new URL(on, location.href).href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.querySelector("[data-dialog-content]");
  if (!content) return location.assign(options.method ? location.href : url); // signed out, or no such page any more
  base = url;
  fill(content);
}

function go(url) {
  const there = new URL(url, location.href);
  if (there.pathname + there.search === location.pathname + location.search) {
    history.replaceState(null, "", there);
    return location.reload();
  }
  location.assign(there);
}

function fill(content) {
  const fresh = !dialog;
  if (fresh) {
    dialog = document.body.appendChild(document.createElement("dialog"));
    dialog.addEventListener("close", leave);
  }
  const heading = content.querySelector("h1"); // the page below has one already
  if (heading) {
    const lower = document.createElement("h2");
    for (const name of heading.getAttributeNames()) lower.setAttribute(name, heading.getAttribute(name));
    lower.replaceChildren(...heading.childNodes);
    heading.replaceWith(lower);
  }
  dialog.setAttribute("aria-labelledby", content.getAttribute("aria-labelledby"));
  dialog.replaceChildren(...content.childNodes);
  if (fresh) dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("input:not([type=hidden]), select, textarea, button"))?.focus();
  dialog.dispatchEvent(new Event("part", { bubbles: true })); // an alias field may have come with it
}

function leave() {
  dialog.remove();
  dialog = undefined;
  opener?.focus();
}

async function attempt(work, control) {
  control?.setAttribute("aria-busy", "true");
  sending = true;
  try {
    await work();
  } catch {
    return false; // no connection: the page itself will say so
  } finally {
    sending = false;
    control?.removeAttribute("aria-busy");
  }
  return true;
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog], a[data-close]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.hasAttribute("data-close")) {
    if (!dialog?.contains(link)) return;
    event.preventDefault();
    return dialog.close();
  }
  event.preventDefault();
  if (!dialog) opener = link;
  if (!(await attempt(() => show(link.href), link))) location.assign(link.href);
});

// A link that acts as a button answers to the space bar, too.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const inside = dialog?.contains(form);
  if (event.defaultPrevented || !(inside || form.matches("[data-dialog]"))) return;
  const button = event.submitter;
  event.preventDefault();
  if (sending) return;
  const body = new FormData(form, button);
  const action = new URL(form.getAttribute("action") || base, location.href);
  if (!inside) opener = button;
  const asks = (form.getAttribute("method") || "get").toLowerCase() === "get";
  if (asks) action.search = new URLSearchParams(body);
  form.inert = true; // what is typed while the answer is on its way would be lost with it
  const sent = await attempt(() => show(action.href, asks ? {} : { method: "POST", body }), button);
  form.inert = false;
  if (!sent) form.submit();
});
