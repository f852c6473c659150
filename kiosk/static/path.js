// Where the answers lead: the same rule as core/surveys/questionnaire.py, kept alike by tests/paths.py.

const END = "end";

function leadsTo(question, sent) {
  const given = sent[question.key] ?? [];
  return question.jumps.find((jump) => jump.values.some((value) => given.includes(value)))?.to;
}

// The keys of the questions that these answers come by, in order; one not answered yet leads to the next.
// questions: [{ key, jumps: [{ values, to }] }]; sent: key → values.
export function path(questions, sent) {
  const places = new Map(questions.map((question, place) => [question.key, place]));
  const way = [];
  for (let here = 0; here < questions.length; ) {
    way.push(questions[here].key);
    const to = leadsTo(questions[here], sent);
    if (to === END) break;
    here = Math.max(places.get(to) ?? here + 1, here + 1);
  }
  return way;
}
