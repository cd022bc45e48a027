// Makes one create for each fault that it is given, and returns what the client says of it: { phase: { outcome, … } }.
export async function outcomesOf(createClient, faults) {
  const outcomes = {};
  const meet = async ([phase, { baseUrl, name, before, timeout = 20_000 }]) => {
    const client = createClient({ accessToken: "canary", baseUrl, timeout, retries: 0 });
    if (before) {
      await client.addRoleGroup({ name: before });
      await new Promise((resolve) => setTimeout(resolve, 50)); // The connection is free a little later.
    }
    outcomes[phase] = await client.addRoleGroup({ name }).then(
      () => ({ outcome: "executed" }),
      ({ name, code, outcome, message }) => ({ name, code, outcome, message }),
    );
  };
  const all = Object.entries(faults);
  // Those that run into their timeout have the machine for themselves: the time is short.
  await Promise.all(all.filter(([, { timeout }]) => !timeout).map(meet));
  await Promise.all(all.filter(([, { timeout }]) => timeout).map(meet));
  return outcomes;
}
