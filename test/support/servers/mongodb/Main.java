import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import java.util.List;
import org.h2.mvstore.MVStore;

/**
 * A server that speaks MongoDB's wire protocol: Main HOST PORT [FILE]. In memory without FILE. With it, a
 * SIGTERM keeps everything, while a kill -9 may lose acknowledged writes, which MongoDB's own would not.
 */
public class Main {
  /** The library says it is 3.6; drivers of today ask for more. What it serves it serves as 5.0 does. */
  private static final MongoVersion VERSION =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
          return 13;
        }
      };

  private static MongoBackend inFile(String file) {
    MVStore store = new MVStore.Builder().fileName(file).open();
    store.setAutoCommitDelay(100);
    H2Backend backend = new H2Backend(store);
    backend.version(VERSION);
    return backend;
  }

  private static MongoBackend inMemory() {
    MemoryBackend backend = new MemoryBackend();
    backend.version(VERSION);
    return backend;
  }

  public static void main(String[] args) {
    MongoServer server = new MongoServer(args.length > 2 ? inFile(args[2]) : inMemory());
    server.enableOplog(); // change streams read it
    server.bind(args[0], Integer.parseInt(args[1]));
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
  }
}
