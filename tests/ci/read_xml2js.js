// SPDX-License-Identifier: MIT
// What xml2js sees of a JUnit file, as JSON.
const fs = require('fs');
const xml2js = require('xml2js');

const pair = (property) => [property.$.name, property.$.value];

function caseOf(element) {
  const seen = {...element.$, out: element['system-out'][0], problem: null};
  seen.time = Number(seen.time);
  for (const kind of ['failure', 'error'])
    for (const found of element[kind] || [])
      seen.problem = {kind, ...found.$, text: found._};
  const all = element.properties ? element.properties[0].property : [];
  seen.properties = Object.fromEntries(all.map(pair));
  return seen;
}

xml2js.parseString(fs.readFileSync(process.argv[2]), (error, root) => {
  if (error) throw error;
  const suites = root.testsuites.testsuite || [];
  console.log(JSON.stringify(suites.map((suite) => ({
    name: suite.$.name, tests: Number(suite.$.tests),
    failures: Number(suite.$.failures), errors: Number(suite.$.errors),
    cases: (suite.testcase || []).map(caseOf),
  }))));
});
