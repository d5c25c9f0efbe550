// Sphinx takes a query apart at spaces, which Chinese has none of. Here what is written without
// spaces is taken apart into words of the index, the longest first, as the index itself was.
window.splitQuery = (query) => {
  const known = Search._index ? Search._index.terms : {};
  const titles = Search._index ? Search._index.titleterms : {};
  const isWord = (text) => Object.hasOwn(known, text) || Object.hasOwn(titles, text);
  const words = [];
  for (const run of query.match(/\p{Script=Han}+|[\p{Letter}\p{Number}_]+/gu) || []) {
    if (!/\p{Script=Han}/u.test(run)) {
      words.push(run);
      continue;
    }
    for (let at = 0; at < run.length; ) {
      let end = Math.min(run.length, at + 8);
      while (end > at + 1 && !isWord(run.slice(at, end))) end -= 1;
      const word = run.slice(at, end);
      if (isWord(word)) words.push(word);
      at = end;
    }
  }
  return words;
};

// Sphinx names the stemmer of a language after it, and brings none of this name: the words of
// the index that are not Chinese were stemmed as English.
window.ChineseStemmer = function () {
  return new EnglishStemmer();
};
