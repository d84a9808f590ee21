// What makes the pages quicker to use. None of it is needed: every page and form works without this file.
"use strict";
const find = (selector, root = document) => root.querySelector(selector);
const on = (event, act, target = document) => target.addEventListener(event, act);

// Passwords can be shown while typing, and are hidden again before they are sent.
const show = (form, visible) => form.querySelectorAll("[autocomplete$=password]").forEach((field) => { field.type = visible ? "text" : "password"; });
on("change", ({ target }) => target.matches("[name=show]") && show(target.form, target.checked));

// A form that loads a new page is sent once, until its answer is here or has been long in coming.
on("submit", (event) => {
  const form = event.target, button = event.submitter;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (find("[aria-busy]", form)) return event.preventDefault();
  show(form, false);
  button?.setAttribute("aria-busy", "true");
  setTimeout(() => button?.removeAttribute("aria-busy"), 10_000);
});
on("pageshow", () => document.querySelectorAll("form [aria-busy]").forEach((button) => button.removeAttribute("aria-busy")), window);

// The person's own time zone is proposed, where the page asks for one.
const zone = find("select[data-guess]"), here = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && [...zone.options].some(({ value }) => value === here)) zone.value = here;

// Reports are printed. Toasts stay until they are dismissed. One about a failure says what is saved and what is not.
on("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
  if (!target.closest("[data-dismiss]")) return;
  target.closest(".toast").remove();
  find("#main").focus({ preventScroll: true });
});
const failure = (verb, status) => {
  if (verb === "get") return "This part could not be loaded. What you see is from before.";
  if (status === 409) return "Not saved: this was changed in the meantime. Load the page again to see how it is now.";
  if (status === 429) return "Not saved: too many tries in a short time. Wait a minute, then send it again.";
  if (status === 0 || status >= 500) return "No clear answer: this may be saved or not. Send it again, it counts only once.";
  return "Not saved: the server refused it. Load the page again, then send it once more.";
};
const fail = ({ detail }) => {
  const toast = find("#toast").content.cloneNode(true);
  find("p", toast).textContent = failure(detail.requestConfig.verb, detail.xhr.status);
  find("#toasts > .failure")?.remove();
  find("#toasts").append(toast);
};
["htmx:sendError", "htmx:responseError"].forEach((event) => on(event, fail));

// htmx gives the focus back to the field it was in; an error summary that has just come needs it more.
on("htmx:afterSettle", ({ target }) => (target.matches("[autofocus]") ? target : find("[autofocus]", target))?.focus());

// The keys "/" (search) and "n" (new entry) go to the field or link that is marked with them; elsewhere "/" goes to the
// page that has the search, and its field is focused by the fragment.
on("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("input, select, textarea")) return;
  const place = event.key === "/" ? find("[type=search]") ?? find("[data-key='/']") : event.key === "n" && find("[data-key=n]");
  if (!place) return;
  event.preventDefault();
  if (!place.matches("a")) place.focus();
  else location.assign(event.key === "/" ? `${place.href}#search` : place.href);
});
