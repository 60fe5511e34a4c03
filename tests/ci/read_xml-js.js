// SPDX-License-Identifier: MIT
// What xml-js sees of a JUnit file, as JSON.
const fs = require('fs');
const {xml2js} = require('xml-js');

const named = (element, name) =>
  (element.elements || []).filter((child) => child.name === name);
const text = (element) =>
  (element.elements || []).map((child) => child.text).join('');

function caseOf(element) {
  const seen = {...element.attributes, problem: null,
                out: text(named(element, 'system-out')[0]), properties: {}};
  seen.time = Number(seen.time);
  for (const kind of ['failure', 'error'])
    for (const found of named(element, kind))
      seen.problem = {kind, ...found.attributes, text: text(found)};
  for (const all of named(element, 'properties'))
    for (const one of named(all, 'property'))
      seen.properties[one.attributes.name] = one.attributes.value;
  return seen;
}

const document = xml2js(fs.readFileSync(process.argv[2], 'utf8'));
const suites = named(document.elements[0], 'testsuite');
console.log(JSON.stringify(suites.map((suite) => ({
  name: suite.attributes.name, tests: Number(suite.attributes.tests),
  failures: Number(suite.attributes.failures),
  errors: Number(suite.attributes.errors),
  cases: named(suite, 'testcase').map(caseOf),
}))));
