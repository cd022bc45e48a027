/**
 * The conditions of jsdom's environment, which has `browser` and not `node`.
 * @jest-environment-options {"customExportConditions": ["browser"]}
 */
require("./create.test.js");
