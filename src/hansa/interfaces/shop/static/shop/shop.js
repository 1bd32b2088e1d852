// Every page works without this file; with it, choices do not load a whole page.

// Sorting takes effect at once. (Without scripts there is a button.)
for (const form of document.querySelectorAll("[data-send-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// The menu closes on Escape and on a click beside it.
const menu = document.querySelector(".menu");
if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}

// Pictures: a thumbnail scrolls the strip sideways only, and the one in view is marked.
const strip = document.querySelector(".strip");
const thumbs = [...document.querySelectorAll(".thumbs a")];

function showPicture(picture) {
  if (picture) strip.scrollTo({ left: picture.offsetLeft - strip.offsetLeft });
}

if (strip && thumbs.length) {
  for (const thumb of thumbs) {
    thumb.addEventListener("click", (event) => {
      event.preventDefault();
      showPicture(document.getElementById(thumb.hash.slice(1)));
    });
  }
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const thumb of thumbs) {
          if (thumb.hash.slice(1) === entry.target.id) thumb.setAttribute("aria-current", "true");
          else thumb.removeAttribute("aria-current");
        }
      }
    },
    { root: strip, threshold: 0.6 },
  );
  for (const picture of strip.children) watcher.observe(picture);
}

// Choosing a variant: fetch the same page that the link leads to and take price, stock and choices
// from it, so that every word and every price is still written by the server alone.
const choose = document.querySelector("[data-choose]");
let asking = null;

async function takeVariant(address) {
  asking?.abort();
  asking = new AbortController();
  choose.setAttribute("aria-busy", "true");
  const answer = await fetch(address, { signal: asking.signal });
  if (!answer.ok) throw new Error(`the shop answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-choose]");
  if (!fresh) throw new Error("that page holds no choice");
  const focused = document.activeElement?.dataset?.choice;
  // The status region itself stays, so that screen readers notice what is new in it.
  choose.querySelector("[role=status]").replaceChildren(...fresh.querySelector("[role=status]").childNodes);
  const options = [...choose.querySelectorAll(".option")];
  const freshOptions = [...fresh.querySelectorAll(".option")];
  options.forEach((option, place) => option.replaceWith(freshOptions[place]));
  const buy = choose.querySelector("[data-buy]");
  const freshBuy = fresh.querySelector("[data-buy]");
  // What was typed as quantity stays, as far as there are so many of the other variant.
  if (buy?.quantity && freshBuy.quantity) {
    freshBuy.quantity.value = Math.min(buy.quantity.value || 1, freshBuy.quantity.max);
  }
  buy?.replaceWith(freshBuy);
  if (focused) choose.querySelector(`[data-choice="${focused}"]`)?.focus();
  const sku = document.querySelector("[data-sku]");
  const freshSku = page.querySelector("[data-sku]");
  if (sku && freshSku) sku.textContent = freshSku.textContent;
  const wanted = fresh.dataset.picture;
  if (wanted && strip) showPicture(strip.querySelector(`[data-picture="${CSS.escape(wanted)}"]`));
  choose.removeAttribute("aria-busy");
}

choose?.addEventListener("click", async (event) => {
  const link = event.target.closest("a.choice");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  try {
    await takeVariant(link.href);
    history.replaceState(null, "", link.href.split("#")[0]);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(link.href);
  }
});
