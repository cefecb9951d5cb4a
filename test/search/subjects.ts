export interface Named {
  zh: string;
  en: string;
}

export interface Subject extends Named {
  category: string;
  topics: Named[];
}

/** category | subject=in English | topic=in English; … */
const written = `
programming|Python=Python|网络爬虫=web scraping;数据分析=data analysis;自动化办公=office automation;基础语法=basic syntax;面向对象=object-oriented design;异步编程=async programming;Django开发=Django development;FastAPI接口=FastAPI services;单元测试=unit testing;性能优化=performance tuning
programming|Java=Java|并发编程=concurrency;Spring Boot=Spring Boot;集合框架=collections;虚拟机调优=JVM tuning;微服务=microservices;设计模式=design patterns;MyBatis=MyBatis;网络编程=network programming
programming|JavaScript=JavaScript|闭包与作用域=closures and scope;异步与Promise=promises and async;DOM操作=DOM manipulation;ES6新特性=ES6 features;Node.js后端=Node.js back ends;TypeScript迁移=moving to TypeScript;正则表达式=regular expressions
programming|C++=C++|模板元编程=template metaprogramming;内存管理=memory management;STL容器=STL containers;多线程=multithreading;游戏引擎=game engines;嵌入式开发=embedded development;算法竞赛=competitive programming
programming|C语言=C|指针=pointers;数据结构=data structures;文件操作=file handling;单片机=microcontrollers;编译原理=compilers
programming|C#=C#|.NET平台=the .NET platform;Unity游戏=Unity games;WPF桌面应用=WPF desktop apps;LINQ查询=LINQ queries;ASP.NET网站=ASP.NET web sites
programming|Go语言=Go|协程与通道=goroutines and channels;Gin框架=the Gin framework;云原生=cloud native services;微服务治理=service governance;网络代理=network proxies
programming|Rust=Rust|所有权=ownership;异步运行时=async runtimes;WebAssembly=WebAssembly;系统编程=systems programming;命令行工具=command-line tools
programming|Kotlin=Kotlin|协程=coroutines;安卓应用=Android apps;多平台=multiplatform
programming|Swift=Swift|SwiftUI界面=SwiftUI interfaces;iOS应用=iOS apps;动画效果=animations
programming|PHP=PHP|Laravel框架=the Laravel framework;电商网站=e-commerce sites;接口安全=API security
programming|R语言=R|统计建模=statistical modelling;数据可视化=data visualization;生物信息=bioinformatics
programming|算法与数据结构=algorithms and data structures|动态规划=dynamic programming;图论=graph theory;二叉树=binary trees;排序与查找=sorting and searching;贪心算法=greedy algorithms;字符串匹配=string matching
frontend|前端开发=front-end development|Vue3组件=Vue3 components;React Hooks=React hooks;CSS布局=CSS layout;响应式网页=responsive web pages;性能监控=performance monitoring;小程序=mini programs;浏览器原理=how browsers work;工程化=build tooling
frontend|Angular=Angular|依赖注入=dependency injection;表单=forms;RxJS=RxJS
mobile|Flutter=Flutter|跨平台应用=cross-platform apps;状态管理=state management;动画=animation
mobile|安卓开发=Android development|Jetpack Compose=Jetpack Compose;性能优化=performance tuning;蓝牙通信=Bluetooth communication
data|数据库=databases|MySQL索引=MySQL indexes;PostgreSQL=PostgreSQL;Redis缓存=Redis caching;MongoDB=MongoDB;SQL查询=SQL queries;事务与锁=transactions and locks;分库分表=sharding
data|大数据=big data|Hadoop=Hadoop;Spark=Spark;Flink实时计算=Flink stream processing;数据仓库=data warehouses;Kafka消息队列=Kafka messaging
data|数据科学=data science|Pandas=Pandas;特征工程=feature engineering;A/B测试=A/B testing;因果推断=causal inference;时间序列=time series
ai|机器学习=machine learning|线性回归=linear regression;决策树=decision trees;支持向量机=support vector machines;聚类=clustering;推荐系统=recommender systems;模型部署=model deployment
ai|深度学习=deep learning|卷积神经网络=convolutional neural networks;PyTorch=PyTorch;TensorFlow=TensorFlow;注意力机制=attention mechanisms;生成对抗网络=generative adversarial networks;图像识别=image recognition
ai|自然语言处理=natural language processing|文本分类=text classification;大语言模型=large language models;提示词工程=prompt engineering;机器翻译=machine translation;知识图谱=knowledge graphs
ai|计算机视觉=computer vision|目标检测=object detection;人脸识别=face recognition;OpenCV=OpenCV;图像分割=image segmentation
ops|Linux=Linux|Shell脚本=shell scripting;系统管理=system administration;内核=the kernel;网络配置=network configuration
ops|云计算=cloud computing|K8s集群=K8s clusters;Docker容器=Docker containers;CI/CD流水线=CI/CD pipelines;AWS=AWS;Terraform=Terraform;监控告警=monitoring and alerting
ops|信息安全=information security|渗透测试=penetration testing;密码学=cryptography;Web漏洞=web vulnerabilities;逆向工程=reverse engineering;应急响应=incident response
ops|计算机网络=computer networks|TCP/IP协议=the TCP/IP protocols;路由与交换=routing and switching;HTTP协议=the HTTP protocol;无线网络=wireless networks
ops|软件测试=software testing|接口测试=API testing;Selenium自动化=Selenium automation;压力测试=load testing;测试用例设计=test case design
product|产品经理=product management|需求分析=requirements analysis;用户调研=user research;原型设计=prototyping;竞品分析=competitor analysis;数据驱动=data-driven decisions
design|平面设计=graphic design|Photoshop=Photoshop;Illustrator=Illustrator;版式设计=page layout;品牌标志=brand logos;字体设计=typography;海报=posters
design|UI设计=UI design|Figma=Figma;设计系统=design systems;交互动效=interaction and motion;图标绘制=icon drawing;无障碍设计=accessible design
design|三维建模=3D modelling|Blender=Blender;角色建模=character modelling;Cinema 4D=Cinema 4D;材质与灯光=materials and lighting;室内效果图=interior renderings
design|视频剪辑=video editing|Premiere=Premiere;达芬奇调色=DaVinci colour grading;短视频=short videos;After Effects特效=After Effects;纪录片=documentaries
arts|摄影=photography|人像=portraits;风光=landscapes;夜景=night scenes;手机拍照=phone photography;后期修图=retouching;街头纪实=street photography
arts|绘画=drawing and painting|素描=pencil sketching;水彩=watercolour;油画=oil painting;国画山水=Chinese landscape painting;动漫人物=anime characters;儿童简笔画=simple drawing for children
arts|书法=calligraphy|楷书=regular script;行书=running script;硬笔字=pen handwriting;篆刻=seal carving
arts|手工=handicrafts|编织毛衣=knitting sweaters;陶艺=pottery;皮具=leather goods;折纸=origami;木工=woodworking
music|吉他=guitar|指弹=fingerstyle;民谣弹唱=folk songs;电吉他独奏=electric solos;和弦=chords
music|钢琴=piano|儿童启蒙=for young children;即兴伴奏=improvised accompaniment;古典曲目=classical pieces;视奏=sight-reading
music|声乐=singing|气息训练=breath control;流行唱法=pop vocals;合唱=choir singing
music|编曲=music production|Logic Pro=Logic Pro;和声学=harmony;混音=mixing;作词=writing lyrics;电子音乐=electronic music
music|架子鼓=drums|节奏型=rhythm patterns;爵士鼓=jazz drumming
languages|英语=English|口语=speaking;听力=listening;语法=grammar;商务写作=business writing;发音=pronunciation;词汇=vocabulary
languages|日语=Japanese|五十音图=kana;N2语法=N2 grammar;动漫日语=Japanese from anime;商务日语=business Japanese
languages|韩语=Korean|四十音=Hangul letters;TOPIK=TOPIK;旅游会话=travel conversation
languages|法语=French|发音规则=pronunciation rules;DELF=DELF;动词变位=verb conjugation
languages|德语=German|名词格变化=noun cases;留学面试=study-abroad interviews
languages|西班牙语=Spanish|日常会话=everyday conversation;虚拟式=the subjunctive
languages|文言文=classical Chinese|论语=the Analects;唐诗=Tang poetry;史记=Records of the Grand Historian
languages|普通话=Mandarin|声调=tones;水平测试=proficiency test;播音主持=broadcasting
exams|考研=postgraduate entrance exams|数学一=mathematics I;政治=politics;英语阅读=English reading;专业课=major subjects;复试=interviews
exams|公务员考试=civil service exams|行测=aptitude tests;申论=essay writing;面试=interviews
exams|雅思=IELTS|写作=writing;口语=speaking;阅读=reading
exams|托福=TOEFL|听力=listening;综合写作=integrated writing
exams|高考=college entrance exam|数学=mathematics;物理=physics;化学=chemistry;作文=composition;生物=biology
exams|教师资格证=teaching certificate|综合素质=general competence;教育知识=pedagogy;试讲=trial lectures
exams|注册会计师=certified public accountant|审计=auditing;税法=tax law;财务成本管理=cost management
exams|驾照=driving licence|科目一=theory test;科目二=parking and turning
business|创业=entrepreneurship|商业计划书=business plans;融资=fundraising;股权分配=equity splits;精益创业=lean startups
business|市场营销=marketing|搜索引擎优化=search engine optimization;社交媒体=social media;品牌策略=brand strategy;直播带货=live-stream selling;文案写作=copywriting;私域流量=customer communities
business|项目管理=project management|敏捷开发=agile development;PMP认证=PMP certification;风险管理=risk management;甘特图=Gantt charts
business|人力资源=human resources|招聘面试=hiring interviews;绩效考核=performance reviews;薪酬设计=pay design;劳动法=labour law
business|供应链=supply chains|采购谈判=purchasing negotiations;库存管理=inventory management;跨境电商=cross-border e-commerce;物流=logistics
finance|会计=accounting|财务报表=financial statements;成本核算=cost accounting;税务筹划=tax planning;出纳=cashier work
finance|投资理财=investing|股票入门=stocks for beginners;基金定投=index fund saving;可转债=convertible bonds;资产配置=asset allocation;保险规划=insurance planning
finance|量化交易=quantitative trading|回测框架=backtesting;因子模型=factor models;高频策略=high-frequency strategies
finance|区块链=blockchain|智能合约=smart contracts;以太坊=Ethereum;数字货币=digital currency;去中心化应用=decentralized apps
office|Excel=Excel|数据透视表=pivot tables;函数公式=formulas;VBA宏=VBA macros;图表=charts;Power Query=Power Query
office|PPT制作=presentations|演讲设计=slide design;动画技巧=animation tricks;图表美化=better charts
office|公文写作=official writing|工作总结=work summaries;会议纪要=meeting minutes;通知=notices
science|高等数学=calculus|极限=limits;微分方程=differential equations;多元积分=multiple integrals;级数=series
science|线性代数=linear algebra|矩阵=matrices;特征值=eigenvalues;向量空间=vector spaces
science|概率论与数理统计=probability and statistics|假设检验=hypothesis testing;贝叶斯方法=Bayesian methods;随机过程=stochastic processes
science|大学物理=university physics|电磁学=electromagnetism;量子力学=quantum mechanics;热力学=thermodynamics;光学=optics
science|有机化学=organic chemistry|反应机理=reaction mechanisms;光谱分析=spectroscopy
science|生物学=biology|遗传学=genetics;细胞结构=cell structure;生态学=ecology
science|天文学=astronomy|观星=stargazing;宇宙学=cosmology;望远镜=telescopes
engineering|机械设计=mechanical design|SolidWorks=SolidWorks;AutoCAD制图=AutoCAD drafting;公差配合=tolerances and fits;有限元分析=finite element analysis
engineering|电子电路=electronics|模拟电路=analogue circuits;PCB设计=PCB design;Arduino=Arduino;FPGA=FPGA;树莓派=Raspberry Pi
engineering|建筑设计=architecture|BIM建模=BIM modelling;Revit=Revit;施工图=construction drawings;园林景观=landscape design
engineering|机器人=robotics|ROS系统=ROS;运动控制=motion control;路径规划=path planning
psychology|心理学=psychology|情绪管理=managing emotions;亲密关系=close relationships;儿童发展=child development;认知行为疗法=cognitive behavioural therapy;拖延症=procrastination
psychology|沟通表达=communication|公众演讲=public speaking;非暴力沟通=nonviolent communication;谈判技巧=negotiation;职场汇报=reporting at work
health|健身=fitness|增肌训练=muscle building;减脂饮食=fat-loss diets;核心力量=core strength;居家锻炼=home workouts
health|瑜伽=yoga|孕产=prenatal practice;冥想=meditation;流瑜伽=flow sequences
health|营养学=nutrition|膳食搭配=balanced meals;婴幼儿辅食=baby food;运动营养=sports nutrition
health|中医=traditional Chinese medicine|针灸=acupuncture;推拿=massage;中药方剂=herbal formulas;食疗=food therapy
health|护理=nursing|急救=first aid;老年照护=elderly care
life|烹饪=cooking|川菜=Sichuan dishes;面点=dim sum and noodles;西餐=Western dishes;家常菜=home cooking
life|烘焙=baking|蛋糕装饰=cake decorating;欧式面包=European bread;曲奇饼干=cookies
life|咖啡=coffee|手冲=pour-over;拉花=latte art;咖啡豆烘焙=roasting beans
life|茶艺=the art of tea|普洱=Pu'er;茶席设计=tea table settings
life|园艺=gardening|多肉植物=succulents;阳台种菜=balcony vegetables;月季=roses
life|收纳整理=tidying up|衣橱=wardrobes;断舍离=decluttering
life|宠物=pets|训犬=dog training;猫咪护理=cat care
parenting|家庭教育=parenting|正面管教=positive discipline;阅读习惯=reading habits;青春期=adolescence
parenting|少儿编程=coding for kids|Scratch=Scratch;机器人搭建=building robots;信息学竞赛=informatics olympiad
law|法律=law|民法典=the civil code;合同审查=contract review;知识产权=intellectual property;婚姻家庭=family law
history|历史=history|中国古代史=ancient China;世界大战=the world wars;丝绸之路=the Silk Road;罗马帝国=the Roman empire
history|哲学=philosophy|逻辑学=logic;存在主义=existentialism;庄子=Zhuangzi
sports|篮球=basketball|投篮=shooting;战术配合=team tactics
sports|游泳=swimming|自由泳=freestyle;蛙泳=breaststroke
sports|围棋=the game of go|定式=opening patterns;死活题=life-and-death problems
sports|国际象棋=chess|开局=openings;残局=endgames
games|游戏开发=game development|Unreal引擎=Unreal Engine;关卡设计=level design;像素画=pixel art;Godot=Godot
writing|写作=creative writing|小说=novels;剧本=screenplays;自媒体=blogging;非虚构=non-fiction
`;

const named = (text: string): Named => {
  const [zh = '', en = zh] = text.split('=');
  return { zh, en };
};

export const subjects: Subject[] = written
  .trim()
  .split('\n')
  .map((line) => {
    const [category = '', subject = '', topics = ''] = line.split('|');
    return { category, ...named(subject), topics: topics.split(';').map(named) };
  });
