/** An answer that is a no, in GitHub's own shape. */
export class Refusal extends Error {
  constructor(status, message, errors = undefined) {
    super(message);
    Object.assign(this, { status, errors });
  }

  answer() {
    const body = { message: this.message, documentation_url: 'https://docs.github.com/rest', status: String(this.status) };
    return { status: this.status, body: this.errors ? { ...body, errors: this.errors } : body };
  }
}
