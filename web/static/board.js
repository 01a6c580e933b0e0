// On a phone the board is folded to its stages: those that go on stay open, others open at a tap.
const folds = [...document.querySelectorAll("details.stage-steps")];

if (matchMedia("(max-width: 40rem)").matches) {
  const aimed = location.hash && document.getElementById(location.hash.slice(1));
  for (const fold of folds) {
    const stage = fold.closest(".stage");
    fold.open = stage.classList.contains("stage-open") || stage === aimed;
  }
}

addEventListener("beforeprint", () => folds.forEach((fold) => (fold.open = true)));
