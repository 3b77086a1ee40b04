/** The rules of EzPay that other contexts use: whether the argo of a car runs. */
export { isRunning } from './argo.now.ts';
export { argoRef } from './argo.ts';
