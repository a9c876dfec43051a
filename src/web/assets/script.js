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

// What was typed survives a lost connection, an expired session and a closed page: it is
// kept in this tab until the form has been accepted. Forms about different things, as their
// hidden fields say, have drafts of their own.
const about = (form) => [...form.elements].filter((field) => field.type === "hidden" && !/^[_/]/.test(field.name));
const kept = (form) => ["bozza:" + form.getAttribute("action"), ...about(form).map((field) => field.value)].join(" ");
const typed = (form) =>
  [...form.elements].filter((field) => field.name && !["hidden", "submit", "file", "password"].includes(field.type));

function keep(form) {
  const fields = typed(form).map((field) => [field.name, field.value, field.checked === true]);
  try {
    sessionStorage.setItem(kept(form), JSON.stringify(fields));
  } catch {
    // No room, or not allowed: then the page is as good as without a script.
  }
}

function bringBack(form) {
  const fields = JSON.parse(sessionStorage.getItem(kept(form)) ?? "[]");
  const waiting = typed(form);
  let differs = false;
  for (const [name, value, checked] of fields) {
    const choice = waiting.find((field) => field.name === name && field.value === value && ["checkbox", "radio"].includes(field.type));
    differs ||= choice && choice.checked !== checked;
    if (choice) choice.checked = checked;
    const line = waiting.find((field) => field.name === name && !["checkbox", "radio"].includes(field.type));
    differs ||= line && line.value !== value;
    if (line) line.value = value;
  }
  if (!differs) return;
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "status");
  note.textContent = "È stato ripreso ciò che si era scritto e non ancora inviato. ";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "second";
  drop.textContent = "Ricomincia da capo";
  drop.addEventListener("click", () => {
    sessionStorage.removeItem(kept(form));
    form.reset();
    note.remove();
  });
  note.append(drop);
  form.prepend(note);
}

for (const form of document.querySelectorAll("form[data-bozza]")) {
  if (form.dataset.bozza === "nuova") bringBack(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", () => {
    keep(form);
    sessionStorage.setItem("inviata", kept(form));
  });
}

// Whoever accepts a form leads on to what was recorded; to sign in is not that, and neither
// is a page that one opens after the network was lost.
const sent = sessionStorage.getItem("inviata");
if (sent) {
  const came = performance.getEntriesByType("navigation")[0];
  const again = [...document.querySelectorAll("form[data-bozza]")].some((form) => kept(form) === sent);
  const accepted = came?.redirectCount > 0 && (came.responseStatus ?? 200) === 200 && !location.pathname.startsWith("/accesso");
  if (accepted && !again) sessionStorage.removeItem(sent);
  if (!again) sessionStorage.removeItem("inviata");
}

// Issues that look alike, while the text is being typed.
const beside = document.querySelector("[data-simili]");
if (beside) {
  let waiting;
  let asked = "";
  document.addEventListener("input", (event) => {
    if (!["/title", "/description"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const form = event.target.form;
      const words = [form.elements["/title"].value, form.elements["/description"].value].join(" ").trim();
      if (words.length < 12 || words === asked) return;
      asked = words;
      const body = new URLSearchParams({ "_token": form.elements["_token"].value, "/title": words.slice(0, 280) });
      const answer = await fetch("/segnalazioni/simili", { method: "POST", body }).catch(() => null);
      if (answer?.ok && words === asked) beside.innerHTML = await answer.text();
    }, 150);
  });
}

// A slider moves the date of a form; the form is sent by its button, as without it.
for (const place of document.querySelectorAll("[data-cursore]")) {
  const field = document.getElementById(place.dataset.cursore);
  const day = 86400000;
  const stops = place.dataset.tappe.split(" ").filter(Boolean);
  for (let at = Date.parse(place.dataset.dal); !place.dataset.tappe && at <= Date.parse(place.dataset.al); at += day) {
    stops.push(new Date(at).toISOString().slice(0, 10));
  }
  if (!field || stops.length < 2) continue;
  const words = new Intl.DateTimeFormat("it-IT", { dateStyle: "long", timeZone: "UTC" });
  const label = document.createElement("label");
  label.htmlFor = field.id + "-cursore";
  label.textContent = place.dataset.tappe ? "Scorri i giorni in cui è successo qualcosa" : "Scorri i giorni";
  const slider = document.createElement("input");
  Object.assign(slider, { type: "range", id: label.htmlFor, min: 0, max: stops.length - 1, step: 1 });
  const shown = document.createElement("output");
  shown.htmlFor = slider.id;
  const show = () => {
    shown.textContent = words.format(new Date(stops[slider.value]));
    slider.setAttribute("aria-valuetext", shown.textContent);
  };
  const follow = () => {
    const next = stops.findIndex((stop) => stop > field.value);
    slider.value = field.value && next >= 0 ? Math.max(next - 1, 0) : stops.length - 1;
    show();
  };
  slider.addEventListener("input", () => { field.value = stops[slider.value]; show(); });
  field.addEventListener("change", follow);
  place.append(label, slider, shown);
  follow();
}
