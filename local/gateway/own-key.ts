/** The server key of the simulated gateway: it signs the notifications, and the functions verify them with it. */

export const midtransKeyVariable = 'TUNTAS_MIDTRANS_SERVER_KEY';
/** Everyone knows it: anyone who can reach the webhook of a stack that uses it can sign notifications. */
export const defaultMidtransKey = 'local-server-key';

/** @throws when the variable holds what the functions would read as several keys */
export const midtransKey = (variables: NodeJS.ProcessEnv = process.env): string => {
  const key = variables[midtransKeyVariable] || defaultMidtransKey;
  if (/[\s,]/.test(key))
    throw new Error(`${midtransKeyVariable} must be one key without spaces or commas. Set another value, or unset it.`);
  return key;
};
