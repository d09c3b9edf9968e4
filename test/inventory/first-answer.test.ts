import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../src/http/problem-error.js';
import { firstAnswer, type FirstAnswer } from '../../src/inventory/first-answer.js';

const SLOW_MS = 300;
const problem = (type: 'hmc-timeout' | 'hmc-refused', from: string): ProblemError =>
  new ProblemError({ type, detail: from });
const after = async <T>(ms: number, value: T): Promise<T> => (await sleep(ms), value);
const never = (): Promise<never> => new Promise(() => undefined);

type Answers = Record<string, (heard: () => void) => Promise<string>>;

/** What came out, and who was asked, in order. */
async function ask(answers: Answers): Promise<{ asked: string[]; end: FirstAnswer<string> }> {
  const asked: string[] = [];
  const end = await firstAnswer({
    hmcIds: Object.keys(answers),
    ask: (hmcId, heard) => {
      asked.push(hmcId);
      return answers[hmcId]?.(heard) ?? never();
    },
    anotherMayAnswer: ({ type }) => type === 'hmc-timeout',
    slowMs: SLOW_MS,
  });
  return { asked, end };
}

describe('the first answer of several HMCs', () => {
  it('is that of the first one, and nobody else is asked, as long as it answers soon', async () => {
    expect(await ask({ a: () => after(10, 'A'), b: () => after(0, 'B') })).toEqual({
      asked: ['a'],
      end: { answer: 'A' },
    });
  });

  it('is that of the next one where the first fails in a way that is its own', async () => {
    const failing = (): Promise<string> => Promise.reject(problem('hmc-timeout', 'a'));
    expect(await ask({ a: failing, b: () => after(0, 'B') })).toEqual({ asked: ['a', 'b'], end: { answer: 'B' } });
  });

  it('is that of the second where the first stays silent; a third one is not asked', async () => {
    const slow = (): Promise<string> => after(SLOW_MS * 3, 'B');
    expect(await ask({ a: never, b: slow, c: () => after(0, 'C') })).toEqual({
      asked: ['a', 'b'],
      end: { answer: 'B' },
    });
  });

  it('is that of the first after all where it is faster, or where the second refuses', async () => {
    const late = (): Promise<string> => after(SLOW_MS * 3, 'A');
    expect((await ask({ a: late, b: never })).end).toEqual({ answer: 'A' });
    const refusing = (): Promise<string> => Promise.reject(problem('hmc-refused', 'b'));
    expect(await ask({ a: late, b: refusing })).toEqual({ asked: ['a', 'b'], end: { answer: 'A' } });
  });

  it('does not ask a second one while the first makes progress', async () => {
    const steady = async (heard: () => void): Promise<string> => {
      for (let n = 0; n < 4; n += 1) {
        await sleep(SLOW_MS / 2);
        heard();
      }
      return 'A';
    };
    expect((await ask({ a: steady, b: never })).asked).toEqual(['a']);
  });

  it('a refusal of the first one is final, also while the second is being asked', async () => {
    const refusing = async (): Promise<string> => {
      await sleep(SLOW_MS * 2);
      throw problem('hmc-refused', 'a');
    };
    await expect(ask({ a: refusing, b: never })).rejects.toThrow('a');
  });

  it('a refusal of the second one stands where the first one fails as well', async () => {
    const timingOut = async (): Promise<string> => {
      await sleep(SLOW_MS * 2);
      throw problem('hmc-timeout', 'a');
    };
    const refusing = (): Promise<string> => Promise.reject(problem('hmc-refused', 'b'));
    await expect(ask({ a: timingOut, b: refusing })).rejects.toThrow('b');
  });

  it('is none, with the problem of each, where nobody answers', async () => {
    const failing = (from: string) => (): Promise<string> => Promise.reject(problem('hmc-timeout', from));
    const { end } = await ask({ a: failing('a'), b: failing('b') });
    expect('problems' in end && end.problems.map(({ message }) => message)).toEqual(['a', 'b']);
    expect((await ask({})).end).toEqual({ problems: [] });
  });
});
