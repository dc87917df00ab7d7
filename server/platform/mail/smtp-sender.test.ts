import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createSmtpSender } from './smtp-sender.ts';

/** Speaks as much of RFC 5321 as a sender needs to hear. */
async function startMailServer(replyToRecipient = '250 ok') {
  const received: string[] = [];
  const server = createServer((socket: Socket) => {
    let inData = false;
    socket.write('220 mail.test\r\n');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
        received.push(line);
        if (inData) {
          if (line !== '.') continue;
          inData = false;
          socket.write('250 taken\r\n');
        } else if (line === 'DATA') {
          inData = true;
          socket.write('354 go on\r\n');
        } else if (line.startsWith('RCPT')) socket.write(`${replyToRecipient}\r\n`);
        else if (line === 'QUIT') socket.end('221 bye\r\n');
        else socket.write('250 ok\r\n');
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `smtp://127.0.0.1:${port}`, received, close: () => server.close() };
}

const mail = { to: 'ada@example.com', subject: 'Hello', text: 'In plain', html: '<p>In HTML</p>' };

describe('SMTP sender', () => {
  it('hands a mail over in both forms, from the address of the start-up', async () => {
    const server = await startMailServer();
    const sender = createSmtpSender({ smtpUrl: server.url, from: 'Yard <no-reply@yard.example>' });
    await sender.send(mail);
    sender.close();
    server.close();
    const said = server.received.join('\n');
    expect(said).toContain('MAIL FROM:<no-reply@yard.example>');
    expect(said).toContain('RCPT TO:<ada@example.com>');
    expect(said).toContain('In plain');
    expect(said).toContain('<p>In HTML</p>');
  });

  it('throws when the server refuses, so that the queue tries again', async () => {
    const server = await startMailServer('550 no such mailbox');
    const sender = createSmtpSender({ smtpUrl: server.url, from: 'no-reply@yard.example' });
    await expect(sender.send(mail)).rejects.toMatchObject({ responseCode: 550 });
    sender.close();
    server.close();
  });

  it('throws when there is no server', async () => {
    const sender = createSmtpSender({ smtpUrl: 'smtp://127.0.0.1:9', from: 'no-reply@yard.example' });
    await expect(sender.send(mail)).rejects.toMatchObject({ code: 'ESOCKET' });
    sender.close();
  });
});
