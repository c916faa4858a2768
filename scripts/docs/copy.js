/** A button at each block of code that copies it. By a script, since without one it could do nothing; and not where a browser has no clipboard for the page. */
const shownMs = 2500;

function copyButton(block) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.setAttribute('aria-live', 'polite');
  const say = (word) => (button.textContent = word);
  say('Copy');
  let timer;
  button.addEventListener('click', async () => {
    say(
      await navigator.clipboard.writeText(block.textContent).then(
        () => 'Copied',
        () => 'The browser did not allow it',
      ),
    );
    clearTimeout(timer);
    timer = setTimeout(() => say('Copy'), shownMs);
  });
  return button;
}

if (navigator.clipboard)
  for (const block of document.querySelectorAll('main pre')) {
    const place = document.createElement('div');
    place.className = 'code';
    block.replaceWith(place);
    place.append(block, copyButton(block));
  }
