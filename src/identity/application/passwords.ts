import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';

/** OWASP's argon2id minimum: 19 MiB, 2 passes. argon2id is the library's default algorithm. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

@Injectable()
export class Passwords {
  /** A wrong username costs what a wrong password does. */
  private readonly nobody = hash('nobody has this password', options);

  hash(password: string): Promise<string> {
    return hash(password, options);
  }

  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const right = await verify(stored ?? (await this.nobody), password);
    return stored !== undefined && right;
  }
}
