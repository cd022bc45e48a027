// Makes one create for each fault, and returns how the client reports it: { phase: { outcome, … } }.
export async function outcomesOf(createClient, faults) {
  const outcomes = {};
  const meet = async ([phase, { baseUrl, name, before, timeout = 20_000 }]) => {
    const client = createClient({ accessToken: "canary", baseUrl, timeout, retries: 0 });
    if (before) {
      await client.addRoleGroup({ name: before });
      await new Promise((resolve) => setTimeout(resolve, 50)); // Waits until the connection is free again.
    }
    outcomes[phase] = await client.addRoleGroup({ name }).then(
      () => ({ outcome: "executed" }),
      ({ name, code, outcome, message }) => ({ name, code, outcome, message }),
    );
  };
  const all = Object.entries(faults);
  // Creates with a timeout run alone, because their timeout is short.
  await Promise.all(all.filter(([, { timeout }]) => !timeout).map(meet));
  await Promise.all(all.filter(([, { timeout }]) => timeout).map(meet));
  return outcomes;
}
