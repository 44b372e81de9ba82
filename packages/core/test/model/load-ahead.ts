// Every file that a book loads only when it first needs it: loaded before a run, so that no step of a seed waits for the
// disk and each machine plays it alike. `load-ahead.test.ts` finds what is missing here.
import 'idb'
import '../../src/opening/another-journal.ts'
import '../../src/opening/run-recovery.ts'
import '../../src/opening/view-keepers.ts'
import '../../src/opening/writing.ts'
import '../../src/storage/aside-items.ts'
import '../../src/storage/check-copy.ts'
import '../../src/storage/compact-rows.ts'
import '../../src/storage/damage.ts'
import '../../src/storage/fold-journal.ts'
import '../../src/storage/restoring.ts'
