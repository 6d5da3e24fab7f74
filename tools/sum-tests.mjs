// Sums the machine-readable reports of all suites in a folder (trx of dotnet test, JSON of vitest) and
// prints the one line that counts: "N passed, N failed".
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];

for (const file of readdirSync(folder).sort()) {
  const text = readFileSync(join(folder, file), 'utf8');
  const counts = file.endsWith('.trx') ? fromTrx(text) : file.endsWith('.json') ? fromVitest(text) : null;
  if (!counts) continue;
  rows.push([file.replace(/\.(trx|json)$/, ''), counts]);
  for (const key of Object.keys(total)) total[key] += counts[key];
}

// What failed in the .NET suites, of which the runner tells no more than the names; vitest has told all already.
for (const { test, message } of dotnetFailures()) console.log(`\nFAILED ${test}\n${message}`);

console.log();
for (const [suite, { passed, failed, skipped }] of rows)
  console.log(`${suite.padEnd(22)}${String(passed).padStart(6)} passed${String(failed).padStart(5)} failed${String(skipped).padStart(5)} skipped`);
for (const reason of skipReasons()) console.log(`skipped: ${reason}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);

function fromTrx(text) {
  const counters = /<Counters ([^>]*)\/>/.exec(text)?.[1] ?? '';
  const count = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(counters)?.[1] ?? 0);
  const failed = count('failed') + count('error') + count('timeout') + count('aborted');
  return { passed: count('passed'), failed, skipped: count('total') - count('passed') - failed };
}

function fromVitest(text) {
  const report = JSON.parse(text);
  // A file that does not even load has no failed test of its own.
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function skipReasons() {
  const reasons = new Set();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.trx'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    const skipped = text.matchAll(/outcome="NotExecuted"[\s\S]*?<Message>([\s\S]*?)<\/Message>/g);
    for (const [, message] of skipped) reasons.add(message.trim());
  }
  return reasons;
}

function dotnetFailures() {
  const failures = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.trx'))) {
    const text = readFileSync(join(folder, file), 'utf8');
    const failed = text.matchAll(/<UnitTestResult [^>]*testName="([^"]*)"[^>]*outcome="Failed"[\s\S]*?<\/UnitTestResult>/g);
    for (const [result, test] of failed) failures.push({ test: plain(test), message: messageOf(result) });
  }
  return failures;
}

/** The message and the upper end of the stack, short enough to read. */
function messageOf(result) {
  const part = (name) => plain(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(result)?.[1] ?? '').trimEnd();
  const lines = [...part('Message').split('\n').slice(0, 40), ...part('StackTrace').split('\n').slice(0, 8)];
  return lines.map((line) => `  ${line.slice(0, 400)}`).join('\n');
}

function plain(xml) {
  const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  const decode = (whole, name) =>
    name[0] === '#' ? String.fromCodePoint(Number(name.slice(1).replace(/^x/, '0x'))) : (entities[name] ?? whole);
  return xml.replace(/&(#x?[0-9A-Fa-f]+|\w+);/g, decode);
}
