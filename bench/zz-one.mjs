import { run } from './lib/load.mjs';
import { startStore } from './lib/stores.mjs';
const [store, inFlight='1', seconds='4', way='append']=process.argv.slice(2);
const server=await startStore(store);
const r=await run('append.mjs',server,{store,url:await server.fresh(),way,terms:0,cids:'ordered',inFlight:+inFlight,seconds:+seconds,messages:400000,roomCount:+inFlight===1?1:16});
console.log(store,way,inFlight,(r.events/r.seconds|0)+'/s','client',r.clientCpuMicros.toFixed(1),'server',(r.cpuSeconds/r.events*1e6).toFixed(1));
await server.stop();process.exit();
