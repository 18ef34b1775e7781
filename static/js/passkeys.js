// Passkeys: what the server asks of the device, and its answer put into a form.
// A block [data-passkey] says what to do: "create" a key, "get" a signature, or "login" with one.
(() => {
  "use strict";

  const fromText = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const readable = (options) => ({
    ...options,
    challenge: fromText(options.challenge),
    ...(options.user && { user: { ...options.user, id: fromText(options.user.id) } }),
    ...Object.fromEntries(
      ["excludeCredentials", "allowCredentials"].filter((name) => options[name]).map((name) => [
        name, options[name].map((known) => ({ ...known, id: fromText(known.id) })),
      ]),
    ),
  });

  const ANSWERED = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const sendable = (credential) => ({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(
      ANSWERED.filter((name) => credential.response[name])
        .map((name) => [name, toText(credential.response[name])]),
    ),
  });

  const written = () => JSON.parse(document.getElementById("passkey-options").textContent);

  // The key is kept by the device and opens alone: it asks its owner who they are.
  const create = () => {
    const options = readable(written().creation_options.publicKey);
    options.authenticatorSelection = {
      ...options.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
    return navigator.credentials.create({ publicKey: options });
  };
  const get = (asked) =>
    navigator.credentials.get({ publicKey: readable(asked.request_options.publicKey) });
  const login = async (block) => {
    const answer = await fetch(block.dataset.options, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return get(await answer.json());
  };
  const ACTIONS = { create, login, get: () => get(written()) };

  for (const block of document.querySelectorAll("[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    const form = block.querySelector("form");
    const failed = block.querySelector("[data-passkey-error]");
    block.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const credential = await ACTIONS[block.dataset.passkey](block);
        form.elements.credential.value = JSON.stringify(sendable(credential));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
