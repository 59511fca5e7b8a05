// What every page has: times in the reader's zone, the switch between light and dark, buttons that copy.
import { announce } from "./notices.js";
import { showTimes } from "./times.js";

showTimes(document);

// On a phone the menu is a line that scrolls: the entry of this page is to be seen.
const menu = document.querySelector(".menu");
const current = menu?.querySelector("[aria-current]");
if (current) menu.scrollLeft = current.offsetLeft - menu.offsetLeft - (menu.clientWidth - current.offsetWidth) / 2;

const theme = document.getElementById("theme");
if (theme) {
  theme.hidden = false;
  theme.addEventListener("click", window.switchTheme);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    announce("Copied.", "good");
  } catch {
    announce("The browser does not let pages copy here; select the text and copy it yourself.", "bad");
  }
});
