// Runs before the page is drawn, so that it never flashes in the other colours.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // Storage can be switched off.
    }
  };

  const show = () => {
    const theme = chosen();
    if (theme) root.dataset.theme = theme;
    root.dataset.shown = theme || (dark.matches ? "dark" : "light");
  };

  show();
  dark.addEventListener("change", show);

  window.switchTheme = () => {
    const next = root.dataset.shown === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", next);
    } catch {
      root.dataset.theme = next;
    }
    show();
    root.dataset.shown = next;
  };
})();
