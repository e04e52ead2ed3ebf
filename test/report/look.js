// Runs in a page about a result: what of its charts is drawn, and whether it can be seen.
(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const series = Array.from(document.querySelectorAll('[data-points]'), (group) => {
    const path = group.querySelector('path');
    const drawn = path
      ? path.getAttribute('d').split(/[ML]/).length - 1
      : group.querySelectorAll('circle, rect').length;
    return { name: group.dataset.series, said: Number(group.dataset.points), drawn };
  });
  const cut = Array.from(document.querySelectorAll('svg text'))
    .filter((text) => getComputedStyle(text).visibility === 'visible')
    .filter((text) => {
      const [inner, outer] = [text.getBoundingClientRect(), text.ownerSVGElement.getBoundingClientRect()];
      return inner.left < outer.left - 1 || inner.right > outer.right + 1;
    })
    .map((text) => text.textContent);
  const luminance = (colour) => {
    const [red, green, blue] = colour
      .match(/[\d.]+/g)
      .slice(0, 3)
      .map((value) => {
        const share = Number(value) / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const { color, backgroundColor } = getComputedStyle(document.body);
  const [low, high] = [luminance(color), luminance(backgroundColor)].sort((a, b) => a - b);
  const empty = Array.from(document.images).filter((image) => image.naturalWidth === 0).length;
  return { series, cut, empty, background: backgroundColor, contrast: (high + 0.05) / (low + 0.05) };
})();
