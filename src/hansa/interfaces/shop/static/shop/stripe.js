// The card goes from Stripe's own frame to Stripe. We get a name for it, put it into the form and send that.

const form = document.querySelector("[data-checkout]");
const place = form?.querySelector("[data-stripe-card]");
const complaint = form?.querySelector("[data-stripe-error]");
const isChosen = () => form.querySelector("[data-stripe-way]").checked && due() > 0;
const total = () => form.querySelector("[name=seen_due]");
const due = () => Number(total().value);

if (place && window.Stripe) {
  const stripe = window.Stripe(total().dataset.stripeKey);
  const elements = stripe.elements({
    mode: "payment",
    amount: Math.max(due(), 1),
    currency: total().dataset.currency.toLowerCase(),
    paymentMethodCreation: "manual",
    paymentMethodTypes: ["card"],
  });
  elements.create("payment").mount(place);
  form.addEventListener("workedout", () => elements.update({ amount: Math.max(due(), 1) }));

  // In the capture phase: before buying.js marks the form as sent.
  document.addEventListener(
    "submit",
    async (event) => {
      if (event.target !== form || event.submitter?.value !== "pay" || !isChosen()) return;
      if (form.elements.payment_method.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.asking) return;
      form.dataset.asking = "yes";
      complaint.textContent = "";
      const { error: incomplete } = await elements.submit();
      const { error, paymentMethod } = incomplete ? { error: incomplete } : await stripe.createPaymentMethod({ elements });
      delete form.dataset.asking;
      if (error) {
        complaint.textContent = error.message;
        return;
      }
      form.elements.payment_method.value = paymentMethod.id;
      // Not before this event is over: until then browsers ignore another.
      const { submitter } = event;
      setTimeout(() => form.requestSubmit(submitter));
    },
    { capture: true },
  );
}
