"use strict";
// Shows the letter while its texts are written: the form's fields are sent to a frame beside them.
(() => {
  const WAIT_MILLISECONDS = 400;
  const PARTS = ["subject", "heading", "intro", "button", "closing"];

  function begin() {
    const place = document.getElementById("letter-preview");
    const form = place && place.closest("form");
    if (!form) return;
    const shadow = document.createElement("form");
    shadow.method = "post";
    shadow.action = place.dataset.address;
    shadow.target = "letter-frame";
    shadow.hidden = true;
    document.body.append(shadow);

    const value = (name) => (form.elements[name] ? form.elements[name].value : place.dataset[name] || "");
    const show = () => {
      shadow.replaceChildren();
      for (const name of ["csrfmiddlewaretoken", "kind", "language", "order", ...PARTS]) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value(name);
        shadow.append(field);
      }
      shadow.submit();
    };

    let timer = 0;
    form.addEventListener("input", (event) => {
      if (!PARTS.includes(event.target.name)) return;
      clearTimeout(timer);
      timer = setTimeout(show, WAIT_MILLISECONDS);
    });
    // Another letter begins with its own texts.
    form.addEventListener("change", (event) => {
      if (event.target.name === "order") show();
      if (!["kind", "language"].includes(event.target.name) || !place.dataset.adds) return;
      const asked = new URLSearchParams({ kind: value("kind"), language: value("language") });
      window.location.search = asked.toString();
    });
    show();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
