/** Unpacks the browser before all tests: two processes that unpack it at once would damage it. */
import sparticuz from "@sparticuz/chromium";

await sparticuz.executablePath();
