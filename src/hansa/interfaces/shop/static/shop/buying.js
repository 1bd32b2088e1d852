// Buying. Every form here works without this file: it sends the same form and takes from the answer,
// which is a whole page, what has changed. So every word and every price is written by the server alone.

function showCount(count) {
  for (const badge of document.querySelectorAll("[data-cart-count]")) {
    badge.hidden = !Number(count);
    badge.querySelector("[data-number]").textContent = count;
  }
}

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function say(words) {
  const region = document.querySelector("[data-said]");
  if (region) region.textContent = words;
}

// Exchanges an element's content and keeps the focus where it was.
function exchange(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const wanted = fresh.querySelector("[autofocus]");
  wanted?.removeAttribute("autofocus"); // browsers heed it in whole pages only, and complain
  old.replaceChildren(...fresh.childNodes);
  if (wanted) wanted.focus();
  else if (focused) document.getElementById(focused)?.focus();
}

// (Not form.action: the checkout has a button of that name.)
// Product page: put it into the cart, and say so.
async function addToCart(form) {
  const region = document.querySelector("[data-added]");
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    body: new FormData(form),
    headers: { "x-part": "added" },
  });
  if (!answer.ok && answer.status !== 409) throw new Error(`the shop answered ${answer.status}`);
  const fresh = parsed(await answer.text());
  const box = fresh.querySelector("[data-count]");
  if (!box && !fresh.querySelector("[data-complaint]")) throw new Error("that is no answer of ours");
  if (box) showCount(box.dataset.count);
  region.replaceChildren(...fresh.body.childNodes);
}

// Cart: one change after the other, each with the page that follows from it.
let changes = Promise.resolve();

async function changeCart(form, submitter) {
  const cart = document.querySelector("[data-cart]");
  cart.setAttribute("aria-busy", "true");
  const body = new FormData(form);
  if (submitter?.name) body.set(submitter.name, submitter.value);
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body });
  const page = parsed(await answer.text());
  const fresh = page.querySelector("[data-cart]");
  if (!fresh) throw new Error("that page holds no cart");
  exchange(cart, fresh);
  cart.removeAttribute("aria-busy");
  document.querySelector("main > .wide > .notice")?.parentElement.remove();
  const notice = page.querySelector("main > .wide > .notice");
  notice?.removeAttribute("autofocus");
  if (notice) cart.before(notice.parentElement);
  showCount(page.querySelector("[data-cart-count] [data-number]").textContent);
  if (!cart.contains(document.activeElement)) document.getElementById("content").focus();
  const due = cart.querySelector(".totals-due dd")?.textContent;
  say(due ? `The cart was changed. Total ${due}` : "The cart is empty.");
}

// Checkout: when the address changes, the ways to send it and the totals follow.
let asking = null;
let isPressing = false; // the button: what it says must not change under the finger

async function workOut(form) {
  asking?.abort();
  if (isPressing) return;
  asking = new AbortController();
  const body = new FormData(form);
  body.set("action", "shipping");
  const answer = await fetch(form.getAttribute("action"), { method: "POST", body, signal: asking.signal });
  const page = parsed(await answer.text());
  if (answer.redirected) return location.assign(answer.url); // the cart is not what it was
  if (isPressing) return;
  // The button stays the same one, or a click that has begun on it would be lost.
  form.elements.seen_due.value = page.querySelector("[name=seen_due]").value;
  form.querySelector("[data-pay]").textContent = page.querySelector("[data-pay]").textContent;
  for (const part of form.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh) exchange(part, fresh);
  }
  form.dispatchEvent(new CustomEvent("workedout"));
  const due = form.querySelector(".totals-due dd")?.textContent;
  say(due ? `The total is ${due}` : "");
}

function isBusy(form, busy) {
  form.dataset.sent = busy ? "yes" : "";
  const button = form.querySelector("[data-pay]");
  if (!button) return;
  if (busy) {
    button.dataset.words = button.textContent;
    button.textContent = "Paying …";
    button.setAttribute("aria-busy", "true");
  } else if (button.dataset.words) {
    button.textContent = button.dataset.words;
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-buy]")) {
    event.preventDefault();
    try {
      await addToCart(form);
    } catch {
      HTMLFormElement.prototype.submit.call(form);
    }
  } else if (form.matches("[data-change]")) {
    event.preventDefault();
    const { submitter } = event;
    changes = changes.then(() => changeCart(form, submitter)).catch(() => location.assign(location.pathname));
  } else if (form.matches("[data-checkout], [data-once]")) {
    if (form.dataset.sent) return event.preventDefault();
    if (event.submitter?.value === "shipping") {
      event.preventDefault();
      return workOut(form).catch((error) => error.name === "AbortError" || HTMLFormElement.prototype.submit.call(form));
    }
    asking?.abort();
    isBusy(form, true);
  }
});

document.addEventListener("change", (event) => {
  const { target } = event;
  const form = target.form;
  if (form?.matches("[data-change].row-quantity")) form.requestSubmit();
  if (form?.matches("[data-checkout]") && /country|postal_code|region|shipping_method|^email|same_address/.test(target.name)) {
    workOut(form).catch(() => {}); // the button still works, and says what it found
  }
});

document.addEventListener("pointerdown", (event) => {
  isPressing = Boolean(event.target.closest("[data-pay]"));
});
for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, () => setTimeout(() => (isPressing = false)));

// Coming back with the browser's button: the form can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("[data-checkout], [data-once]")) isBusy(form, false);
});

// Order: look again until it is settled, for a minute.
async function watchOrder(looks) {
  const order = document.querySelector("[data-order][data-refresh]");
  if (!order || !looks) return;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  if (document.visibilityState === "visible") {
    const answer = await fetch(location.href).catch(() => null);
    const fresh = answer?.ok ? parsed(await answer.text()).querySelector("[data-order]") : null;
    if (fresh && fresh.dataset.order !== order.dataset.order) return location.reload();
  }
  return watchOrder(looks - 1);
}
watchOrder(30);
