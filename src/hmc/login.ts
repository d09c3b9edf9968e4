import type { AnyAuthMethod, AuthenticationType } from 'ssh2';
import type { HmcEndpoint } from './hmc-endpoint.js';

/**
 * The one login attempt that a connection makes. Three failed logins lock the account of an HMC for five minutes, and
 * every key offered counts (hmc-cli.md §5), so the credential is offered once, in one way, and never again.
 *
 * - A private key is offered straight away.
 * - A password is asked for either as `password` or as `keyboard-interactive`. Which one is learnt by asking with the
 *   method `none` first, as every OpenSSH client does (RFC 4252 §5.2); sshd answers it with the list of methods,
 *   without a look at the account, and does not count it.
 */
export class Login {
  readonly #endpoint: HmcEndpoint;
  readonly #giveUp: () => void;
  #stage: 'untried' | 'asked-how' | 'credential-sent' | 'refused' = 'untried';
  #why = '';
  #said = '';
  #questions = 0;

  /** `giveUp` ends the connection: the HMC asked something that only a person can answer. */
  constructor(endpoint: HmcEndpoint, giveUp: () => void) {
    this.#endpoint = endpoint;
    this.#giveUp = giveUp;
  }

  /** What a connection that ended before its login succeeded means for the next login. */
  get verdict(): 'not-tried' | 'unanswered' | 'refused' {
    switch (this.#stage) {
      case 'untried':
      case 'asked-how':
        return 'not-tried';
      case 'credential-sent':
        return 'unanswered';
      case 'refused':
        return 'refused';
    }
  }

  /** Why the login did not succeed, for a message; empty when it did not come to a login. Never the credential. */
  get why(): string {
    return this.#said === '' ? this.#why : `${this.#why}; the HMC said: ${this.#said}`;
  }

  /** What the HMC prints before or during the login ("The account is locked …"), kept short for the message. */
  heard(text: string): void {
    const line = text.replace(/\s+/g, ' ').trim();
    if (line !== '') this.#said = line.slice(0, 200);
  }

  /** ssh2 asks for the next method; `methods` is null before the first answer of the HMC. False ends the login. */
  next(methods: readonly AuthenticationType[] | null, partialSuccess: boolean | null): AnyAuthMethod | false {
    const { username, credential } = this.#endpoint;
    switch (this.#stage) {
      case 'untried':
        if (credential.kind === 'password') {
          this.#stage = 'asked-how';
          return { type: 'none', username };
        }
        return this.#send({
          type: 'publickey',
          username,
          key: credential.privateKey,
          ...(credential.passphrase === undefined ? {} : { passphrase: credential.passphrase }),
        });
      case 'asked-how':
        if (credential.kind === 'password' && methods?.includes('password')) {
          return this.#send({ type: 'password', username, password: credential.password });
        }
        if (credential.kind === 'password' && methods?.includes('keyboard-interactive')) {
          return this.#send({ type: 'keyboard-interactive', username, prompt: this.#answer });
        }
        this.#stage = 'untried';
        this.#why = `it takes no password (it offers: ${methods?.join(', ') ?? 'nothing'})`;
        return false;
      case 'credential-sent':
        if (methods === null) {
          // ssh2 passed over the key by itself: nothing was offered to the HMC.
          this.#stage = 'untried';
          this.#why = 'there is no signature algorithm that both this key and the HMC can use';
          return false;
        }
        this.#stage = 'refused';
        this.#why = partialSuccess
          ? `it accepts the ${this.#name()} and asks for more (${methods.join(', ')})`
          : `it refused the ${this.#name()} of user ${username}`;
        return false;
      case 'refused':
        return false;
    }
  }

  /** The password has expired and the HMC asks for a new one: that is for a person to do. */
  passwordExpired(): void {
    this.#refuse(`the password of user ${this.#endpoint.username} has expired`);
  }

  #send(method: AnyAuthMethod): AnyAuthMethod {
    this.#stage = 'credential-sent';
    this.#why = `it gave no answer to the ${this.#name()} of user ${this.#endpoint.username}`;
    return method;
  }

  #refuse(why: string): void {
    this.#stage = 'refused';
    this.#why = why;
    this.#giveUp();
  }

  #name(): string {
    return this.#endpoint.credential.kind === 'password' ? 'password' : 'key';
  }

  /**
   * Answers one hidden prompt with the password. A second question (a new password, a token, the password once more)
   * gets no answer at all: even an empty one could count as a failed login.
   */
  readonly #answer = (
    _name: string,
    instructions: string,
    _language: string,
    prompts: readonly { readonly prompt: string; readonly echo?: boolean }[],
    finish: (answers: string[]) => void,
  ): void => {
    this.heard(instructions);
    const { credential } = this.#endpoint;
    this.#questions += 1;
    if (credential.kind === 'password' && this.#questions === 1 && prompts.length === 1 && prompts[0]?.echo !== true) {
      finish([credential.password]);
      return;
    }
    this.heard(prompts.map(({ prompt }) => prompt).join(' '));
    this.#refuse(`it asks user ${this.#endpoint.username} for more than a password`);
  };
}
