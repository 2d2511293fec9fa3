// The server renders; this only puts its parts in place. A part is an element with data-part; it is replaced where it
// differs, so that a live region (role="status") speaks only when there is something new to say. Then a `part` event bubbles from it.

export function swapParts(root, html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = root.querySelector(`[data-part="${part.dataset.part}"]`);
    if (!old || old.isEqualNode(part)) continue;
    for (const name of new Set([...old.getAttributeNames(), ...part.getAttributeNames()])) {
      if (part.hasAttribute(name)) old.setAttribute(name, part.getAttribute(name));
      else old.removeAttribute(name);
    }
    old.replaceChildren(...part.childNodes);
    old.dispatchEvent(new Event("part", { bubbles: true }));
  }
}
