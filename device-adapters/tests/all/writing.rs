//! What goes out for an action, and what can't.

use expect_test::{Expect, expect};
use house::{Action, ArmMode, Color, HvacMode};

use crate::discovery::published;

fn check(bridge: &str, asked: &[(&str, Action)], expected: Expect) {
    let world = published(bridge);
    let lines: Vec<String> = asked.iter().map(|(id, action)| format!("{id} {action:?}\n{}\n", world.write(id, action))).collect();
    expected.assert_eq(&lines.join(""));
}

fn light(brightness_pct: Option<u8>, color: Option<(f64, f64)>, color_temp_k: Option<u16>) -> Action {
    Action::SetLight { brightness_pct, color: color.map(|(hue, saturation)| Color { hue, saturation }), color_temp_k }
}

#[test]
fn zigbee2mqtt() {
    let asked = [
        ("light.kitchen_light", Action::TurnOn),
        ("light.kitchen_light", Action::TurnOff),
        ("light.kitchen_light", light(Some(50), None, None)),
        ("light.kitchen_light", light(None, Some((0.0, 100.0)), None)),
        ("light.kitchen_light", light(Some(1), None, Some(1500))),
        ("light.kitchen_light", light(Some(101), None, None)),
        ("switch.coffee_plug", Action::TurnOff),
        ("switch.coffee_plug", Action::Lock),
        ("sensor.coffee_plug_power", Action::TurnOn),
        ("cover.0x05_cover", Action::SetCoverPosition(25)),
        ("cover.0x05_cover", Action::StopCover),
        ("lock.back_door_lock", Action::Unlock),
        ("climate.bathroom_trv", Action::SetTemperature(21.5)),
        ("climate.bathroom_trv", Action::SetTemperature(31.0)),
        ("climate.bathroom_trv", Action::SetHvacMode(HvacMode::Auto)),
        ("climate.bathroom_trv", Action::SetHvacMode(HvacMode::Cool)),
        ("climate.bathroom_trv", Action::TurnOn),
        ("fan.bedroom_fan", Action::SetPercentage(50)),
        ("fan.bedroom_fan", Action::SetPercentage(1)),
    ];
    check("zigbee2mqtt", &asked, expect![[r#"
        light.kitchen_light TurnOn
        zigbee2mqtt/kitchen_light/set {"state":"ON"}
        light.kitchen_light TurnOff
        zigbee2mqtt/kitchen_light/set {"state":"OFF"}
        light.kitchen_light SetLight { brightness_pct: Some(50), color: None, color_temp_k: None }
        zigbee2mqtt/kitchen_light/set {"state":"ON","brightness":127}
        light.kitchen_light SetLight { brightness_pct: None, color: Some(Color { hue: 0.0, saturation: 100.0 }), color_temp_k: None }
        zigbee2mqtt/kitchen_light/set {"state":"ON","color":{"x":0.701,"y":0.299}}
        light.kitchen_light SetLight { brightness_pct: Some(1), color: None, color_temp_k: Some(1500) }
        zigbee2mqtt/kitchen_light/set {"state":"ON","brightness":3,"color_temp":454}
        light.kitchen_light SetLight { brightness_pct: Some(101), color: None, color_temp_k: None }
        ! `light.kitchen_light` takes 1 to 100: `101`
        switch.coffee_plug TurnOff
        zigbee2mqtt/Coffee Plug/set OFF
        switch.coffee_plug Lock
        ! `switch.coffee_plug` cannot do this: it only goes on and off
        sensor.coffee_plug_power TurnOn
        ! `sensor.coffee_plug_power` cannot do this: it only reports
        cover.0x05_cover SetCoverPosition(25)
        zigbee2mqtt/卧室窗帘/set { "position": 25 }
        cover.0x05_cover StopCover
        zigbee2mqtt/卧室窗帘/set STOP
        lock.back_door_lock Unlock
        zigbee2mqtt/Back Door Lock/set UNLOCK
        climate.bathroom_trv SetTemperature(21.5)
        zigbee2mqtt/Bathroom TRV/set/occupied_heating_setpoint 21.5
        climate.bathroom_trv SetTemperature(31.0)
        ! `climate.bathroom_trv` takes 5 to 30: `31`
        climate.bathroom_trv SetHvacMode(Auto)
        zigbee2mqtt/Bathroom TRV/set/system_mode auto
        climate.bathroom_trv SetHvacMode(Cool)
        ! `climate.bathroom_trv` cannot do this: it has no mode `cool`
        climate.bathroom_trv TurnOn
        zigbee2mqtt/Bathroom TRV/set/system_mode heat
        fan.bedroom_fan SetPercentage(50)
        zigbee2mqtt/Bedroom Fan/set/fan_speed 5
        fan.bedroom_fan SetPercentage(1)
        zigbee2mqtt/Bedroom Fan/set/fan_speed 1
    "#]]);
}

#[test]
fn esphome() {
    let asked = [
        ("light.living_room_node_ceiling", light(Some(30), Some((240.0, 100.0)), None)),
        ("light.living_room_node_ceiling", light(None, None, Some(3000))),
        ("light.living_room_node_relay_lamp", light(Some(30), None, None)),
        ("climate.living_room_node_thermostat", Action::SetTemperature(23.0)),
        ("cover.living_room_node_blind", Action::OpenCover),
        ("cover.living_room_node_blind", Action::SetCoverPosition(70)),
        ("fan.living_room_node_ceiling_fan", Action::SetPercentage(60)),
        ("lock.living_room_node_door", Action::Lock),
        ("button.living_room_node_restart", Action::Activate),
        ("alarm_control_panel.living_room_node_panel", Action::Arm(ArmMode::Night)),
        ("alarm_control_panel.living_room_node_panel", Action::Disarm),
        ("valve.living_room_node_water", Action::SetValvePosition(50)),
        ("valve.living_room_node_water", Action::CloseValve),
        ("number.living_room_node_threshold", Action::TurnOn),
    ];
    check("esphome", &asked, expect![[r#"
        light.living_room_node_ceiling SetLight { brightness_pct: Some(30), color: Some(Color { hue: 240.0, saturation: 100.0 }), color_temp_k: None }
        livingroom/light/ceiling/command {"state":"ON","brightness":77,"color":{"r":0,"g":0,"b":255,"w":0}}
        light.living_room_node_ceiling SetLight { brightness_pct: None, color: None, color_temp_k: Some(3000) }
        ! `light.living_room_node_ceiling` cannot do this: it has no colour temperature
        light.living_room_node_relay_lamp SetLight { brightness_pct: Some(30), color: None, color_temp_k: None }
        ! `light.living_room_node_relay_lamp` cannot do this: it can't be dimmed
        climate.living_room_node_thermostat SetTemperature(23.0)
        livingroom/climate/thermostat/target_temperature_high/command 23
        cover.living_room_node_blind OpenCover
        livingroom/cover/blind/command OPEN
        cover.living_room_node_blind SetCoverPosition(70)
        livingroom/cover/blind/position/command 70
        fan.living_room_node_ceiling_fan SetPercentage(60)
        livingroom/fan/ceiling_fan/speed_level/command 2
        lock.living_room_node_door Lock
        livingroom/lock/door/command LOCK
        button.living_room_node_restart Activate
        livingroom/button/restart/command PRESS
        alarm_control_panel.living_room_node_panel Arm(Night)
        livingroom/alarm/command ARM_NIGHT
        alarm_control_panel.living_room_node_panel Disarm
        livingroom/alarm/command DISARM
        valve.living_room_node_water SetValvePosition(50)
        livingroom/valve/water/command 50
        valve.living_room_node_water CloseValve
        livingroom/valve/water/command CLOSE
        number.living_room_node_threshold TurnOn
        ! `number.living_room_node_threshold` cannot do this: it only reports
    "#]]);
}

#[test]
fn tasmota() {
    let asked = [
        ("light.bedside_lamp", Action::TurnOn),
        ("light.bedside_lamp", light(Some(20), None, None)),
        ("light.bedside_lamp", light(None, Some((120.0, 100.0)), None)),
        ("light.bedside_lamp", light(None, None, Some(4000))),
        ("switch.washing_machine", Action::TurnOn),
        ("cover.garage_door", Action::CloseCover),
        ("fan.bedroom_ifan", Action::TurnOn),
        ("fan.bedroom_ifan", Action::SetPercentage(40)),
    ];
    check("tasmota", &asked, expect![[r#"
        light.bedside_lamp TurnOn
        cmnd/tasmota_49A3BC/Dimmer 50
        light.bedside_lamp SetLight { brightness_pct: Some(20), color: None, color_temp_k: None }
        cmnd/tasmota_49A3BC/Dimmer 20
        light.bedside_lamp SetLight { brightness_pct: None, color: Some(Color { hue: 120.0, saturation: 100.0 }), color_temp_k: None }
        cmnd/tasmota_49A3BC/Color2 0,255,0
        cmnd/tasmota_49A3BC/Dimmer 50
        light.bedside_lamp SetLight { brightness_pct: None, color: None, color_temp_k: Some(4000) }
        cmnd/tasmota_49A3BC/CT 250
        cmnd/tasmota_49A3BC/Dimmer 50
        switch.washing_machine TurnOn
        cmnd/tasmota_5AC1F0/POWER1 ON
        cover.garage_door CloseCover
        cmnd/garage/Backlog ShutterClose1
        fan.bedroom_ifan TurnOn
        cmnd/ifan/FanSpeed 2
        fan.bedroom_ifan SetPercentage(40)
        ! `fan.bedroom_ifan` cannot do this: it has no speeds
    "#]]);
}

#[test]
fn others() {
    let asked = [
        ("vacuum.rosie", Action::VacuumStart),
        ("vacuum.rosie", Action::VacuumReturn),
        ("vacuum.rosie", Action::VacuumCleanArea(vec!["Kitchen".into(), "厨房".into()])),
        ("lawn_mower.garden_controller_mower", Action::MowerDock),
        ("lawn_mower.garden_controller_mower", Action::MowerPause),
        ("valve.garden_controller_sprinkler", Action::OpenValve),
        ("valve.garden_controller_sprinkler", Action::SetValvePosition(40)),
        ("siren.garden_controller_siren", Action::TurnOn),
        ("media_player.lounge_tv", Action::SetVolume(25)),
        ("media_player.lounge_tv", Action::Mute(true)),
        ("media_player.lounge_tv", Action::PlayMedia { query: "\"Queen\"".into(), class: Some("artist".into()) }),
        ("todo.shopping", Action::AddItem("oat \"milk\"".into())),
        ("todo.shopping", Action::CompleteItem("milk".into())),
        ("weather.home", Action::TurnOn),
        ("scene.movie", Action::Activate),
        ("light.strip", light(Some(40), Some((0.0, 100.0)), None)),
        ("light.strip", Action::TurnOff),
        ("light.old_lamp", Action::TurnOn),
        ("water_heater.boiler", Action::SetTemperature(55.0)),
        ("water_heater.boiler", Action::SetTemperature(75.0)),
    ];
    check("others", &asked, expect![[r#"
        vacuum.rosie VacuumStart
        valetudo/rosie/set START
        vacuum.rosie VacuumReturn
        valetudo/rosie/set HOME
        vacuum.rosie VacuumCleanArea(["Kitchen", "厨房"])
        valetudo/rosie/custom {"command":"clean_area","areas":["Kitchen","厨房"]}
        lawn_mower.garden_controller_mower MowerDock
        garden/mower/set {"do": "dock"}
        lawn_mower.garden_controller_mower MowerPause
        ! `lawn_mower.garden_controller_mower` cannot do this: it has no such command
        valve.garden_controller_sprinkler OpenValve
        garden/valve/set OPEN
        valve.garden_controller_sprinkler SetValvePosition(40)
        ! `valve.garden_controller_sprinkler` cannot do this: it has no positions between open and closed
        siren.garden_controller_siren TurnOn
        garden/siren/set ON
        media_player.lounge_tv SetVolume(25)
        lounge/tv/set {"command":"volume_set","volume_level":0.25}
        media_player.lounge_tv Mute(true)
        lounge/tv/set {"command":"volume_mute","is_volume_muted":true}
        media_player.lounge_tv PlayMedia { query: "\"Queen\"", class: Some("artist") }
        lounge/tv/set {"command":"play_media","query":"\"Queen\"","media_content_type":"artist"}
        todo.shopping AddItem("oat \"milk\"")
        lists/shopping/set {"add":"oat \"milk\""}
        todo.shopping CompleteItem("milk")
        lists/shopping/set {"complete":"milk"}
        weather.home TurnOn
        ! `weather.home` cannot do this: it only reports
        scene.movie Activate
        scenes/set movie
        light.strip SetLight { brightness_pct: Some(40), color: Some(Color { hue: 0.0, saturation: 100.0 }), color_temp_k: None }
        strip/set on,102,255-0-0
        light.strip TurnOff
        strip/set off
        light.old_lamp TurnOn
        old/set ON
        water_heater.boiler SetTemperature(55.0)
        boiler/temp/set 55
        water_heater.boiler SetTemperature(75.0)
        ! `water_heater.boiler` takes 43.3 to 60: `75`
    "#]]);
}
