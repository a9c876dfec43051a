// What makes the pages quicker. Everything works without it.
"use strict";

// A form that records something is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-una-volta")) return;
  if (form.dataset.unaVolta === "inviato") {
    event.preventDefault();
    return;
  }
  form.dataset.unaVolta = "inviato";
});

// Coming back to a page that the browser kept, its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-una-volta]")) form.dataset.unaVolta = "";
});
