/** Light, dark, or as the system is. A classic script in the head, so that nothing flashes first. */

(() => {
  const KEPT = "sandbox.theme";
  const THEMES = ["system", "light", "dark"];

  const kept = () => {
    const theme = localStorage.getItem(KEPT);
    return THEMES.includes(theme) ? theme : "system";
  };

  function wear(theme) {
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  window.theme = {
    get chosen() {
      return kept();
    },
    choose(theme) {
      localStorage.setItem(KEPT, theme);
      wear(theme);
    },
  };
  wear(kept());
})();
