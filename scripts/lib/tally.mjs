// @ts-check
// Counts checks and tests, and prints them as plain text: failures in full, skipped ones by name and reason.

import { stripVTControlCharacters } from 'node:util';

/** @typedef {{stage: string, name: string, detail: string}} Entry */

export class Tally {
  passed = 0;
  /** @type {Entry[]} */
  failures = [];
  /** @type {Entry[]} */
  skips = [];
  /** Tests that needed another run or attempt. @type {Entry[]} */
  weaknesses = [];

  /** @param {string} [label] what a failure is called when it is printed */
  constructor(label = 'FAILED') {
    this.label = label;
  }

  /** @param {string} _stage @param {string} _name */
  pass(_stage, _name) {
    this.passed++;
  }

  /** Prints the failure at once: a run that is cut off later has still said it. @param {string} stage @param {string} name @param {string} detail */
  fail(stage, name, detail) {
    this.failures.push({ stage, name, detail });
    console.log(`${this.label}  [${stage}] ${name}${detail === '' ? '' : `\n${indent(detail)}`}`);
  }

  /** @param {string} stage @param {string} name @param {string} reason */
  skip(stage, name, reason) {
    this.skips.push({ stage, name, detail: reason });
  }

  /** A test that passes only the second time is a weak one: it is named. @param {string} stage @param {string} name */
  weak(stage, name) {
    this.weaknesses.push({ stage, name, detail: '' });
  }

  /** Takes over what another has counted; it has printed its failures itself. @param {Tally} other */
  add(other) {
    this.passed += other.passed;
    this.failures.push(...other.failures);
    this.skips.push(...other.skips);
    this.weaknesses.push(...other.weaknesses);
  }

  /** @returns {{passed: number, failed: number, skipped: number}} */
  get counts() {
    return { passed: this.passed, failed: this.failures.length, skipped: this.skips.length };
  }

  /** The skipped tests with their reasons, the weak and the failed ones by name, and last of all the line of counts. */
  printSummary() {
    if (this.skips.length > 0) console.log('\nSkipped:');
    for (const { stage, name, detail } of this.skips) console.log(`  [${stage}] ${name}: ${detail}`);
    if (this.weaknesses.length > 0) console.log('\nPassed or failed only the second time:');
    for (const { stage, name } of this.weaknesses) console.log(`  [${stage}] ${name}`);
    if (this.failures.length > 0) console.log('\nFailed:');
    for (const { stage, name } of this.failures) console.log(`  [${stage}] ${name}`);
    const { passed, failed, skipped } = this.counts;
    console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
}

/** @param {string} text */
const indent = (text) =>
  stripVTControlCharacters(text)
    .trimEnd()
    .split('\n')
    .map((line) => `        ${line}`)
    .join('\n');
