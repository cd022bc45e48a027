/** Before any test: two that unpack the browser at once spoil it for each other. */
import sparticuz from "@sparticuz/chromium";

await sparticuz.executablePath();
