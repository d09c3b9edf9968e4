import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/core/answer.js';
import { askInTime, type CommandQuestion } from '../../src/virtual-io-servers/ask-in-time.js';

const told = (command: string): Answer<string> => ({ told: true, value: `of ${command}`, command, hmcId: 'hmc1' });
const refused = (command: string): Answer<string> => ({ told: false, reason: 'no', command, hmcId: 'hmc1' });
const question = (command: string, ask: () => Promise<Answer<string>>): CommandQuestion<string> => ({ command, ask });
const never = (): Promise<Answer<string>> => new Promise(() => undefined);
const reasons = (answers: readonly Answer<string>[]): (string | null)[] =>
  answers.map((answer) => (answer.told ? null : answer.reason));

describe('askInTime', () => {
  it('answers in the order of the questions, so many at once', async () => {
    let underWay = 0;
    let most = 0;
    const questions = [40, 5, 20, 1, 10].map((ms) =>
      question(`${ms}`, async () => {
        most = Math.max(most, (underWay += 1));
        await sleep(ms);
        underWay -= 1;
        return told(`${ms}`);
      }),
    );
    const answers = await askInTime(questions, { atOnce: 2, withinMs: 60_000 });
    expect(answers.map(({ command }) => command)).toEqual(['40', '5', '20', '1', '10']);
    expect(reasons(answers)).toEqual([null, null, null, null, null]);
    expect(most).toBe(2);
  });

  it('begins no further one after one that was not answered, and says so of each', async () => {
    const asked: string[] = [];
    const questions = ['a', 'b', 'c'].map((command) =>
      question(command, () => {
        asked.push(command);
        return Promise.resolve(command === 'b' ? refused('b') : told(command));
      }),
    );
    const answers = await askInTime(questions, { atOnce: 1, withinMs: 60_000 });
    expect(reasons(answers)).toEqual([null, 'no', 'Not asked, because another one was not answered: b']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('waits no longer than it has time, whatever hangs', async () => {
    const questions = [
      question('quick', () => Promise.resolve(told('quick'))),
      question('hung', never),
      question('hung too', never),
      question('left', never),
    ];
    const answers = await askInTime(questions, { atOnce: 2, withinMs: 50 });
    const over =
      'One call has 0.05 s for all of these commands: ask for fewer with ?limit=, and go on from nextCursor.';
    expect(reasons(answers)).toEqual([
      null,
      `No answer before the time was over. ${over}`,
      `No answer before the time was over. ${over}`,
      `Not asked: the time was over. ${over}`,
    ]);
  });

  it('hands on what is no answer: a fault of ours', async () => {
    const broken = question('broken', () => Promise.reject(new TypeError('ours')));
    await expect(askInTime([broken], { atOnce: 4, withinMs: 60_000 })).rejects.toThrow('ours');
  });

  it('nothing asked is nothing answered', async () => {
    expect(await askInTime([], { atOnce: 4, withinMs: 60_000 })).toEqual([]);
  });
});
